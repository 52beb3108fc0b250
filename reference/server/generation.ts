/** One run of the application's generator: its chunks become events until it is done, fails, is cancelled or hits the cap. */
import type { Engine, TerminalDraft } from './engine.js';
import { endStream } from './engine.js';
import {
  type Awaitable,
  type Chunk,
  GenerationError,
  isTerminal,
  type Outcome,
  type Produce,
  type StreamRecord,
  type StreamRequest,
} from './types.js';

/** A generator that never waits is interrupted this often, milliseconds, so that timers and sockets have their turn. */
const LONGEST_RUN_MS = 10;

/** A failure that has no consequence of its own: the next renewal, or the cap, makes up for it. */
const ignore = (): undefined => undefined;

export class Generation {
  readonly #abort = new AbortController();
  #headId = 0;
  /** The signal's own flag takes longer to look at, which is done for every chunk. */
  #aborted = false;
  #capTimer: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: Engine,
    readonly key: string,
    readonly record: StreamRecord,
  ) {}

  /** Runs to the end of the stream, whoever ends it. Never rejects. */
  async run(produce: Produce, request: StreamRequest): Promise<void> {
    const { store, log } = this.engine;
    let unsubscribe: (() => void) | undefined;
    try {
      unsubscribe = await store.subscribe(this.key, (event) => {
        if (event && isTerminal(event)) this.#stop();
      });
      this.#armCap();
      this.#renewal = setInterval(() => this.#renew(), 1000).unref();
      const outcome = await this.#consume(produce, request);
      if (outcome) await this.end(outcome);
    } catch (error) {
      log.error({ err: error, ...this.#names() }, 'stream lost: the store did not take its events');
    } finally {
      clearTimeout(this.#capTimer);
      clearInterval(this.#renewal);
      this.#stop();
      unsubscribe?.();
    }
  }

  end(draft: TerminalDraft): Promise<boolean> {
    return endStream(this.engine, this.key, draft);
  }

  /** Undefined when somebody else ended the stream. */
  async #consume(produce: Produce, request: StreamRequest): Promise<TerminalDraft | undefined> {
    const { streamId, traceId } = this.record;
    const { signal } = this.#abort;
    try {
      const iterator = produce(request, { signal, traceId, streamId })[Symbol.asyncIterator]();
      let yieldedAtMs = performance.now();
      for (;;) {
        const step = await iterator.next();
        if (this.#aborted) {
          if (!step.done) iterator.return?.().catch(ignore);
          return undefined;
        }
        if (step.done) return this.#complete(step.value ?? {});
        const taken = this.#append(step.value);
        if (!(typeof taken === 'boolean' ? taken : await taken)) return undefined;
        if (performance.now() - yieldedAtMs > LONGEST_RUN_MS) {
          await new Promise((resolve) => setImmediate(resolve));
          yieldedAtMs = performance.now();
        }
      }
    } catch (error) {
      return this.#aborted ? undefined : this.#fail(error);
    }
  }

  /** Most chunks are short and most stores answer at once: then there is nothing to wait for. */
  #append(chunk: Chunk): Awaitable<boolean> {
    const { content, ...members } = typeof chunk === 'string' ? { content: chunk } : chunk;
    if (typeof content !== 'string')
      throw new TypeError(`the content of a chunk must be a string, not ${typeof content}`);
    let encoded = '';
    const fits = (piece: string): boolean => {
      encoded = this.#encode(piece, members);
      // 100 bytes are more than the field names, the type and the longest id take.
      return Buffer.byteLength(encoded) + 100 <= this.engine.protocol.maxEventBytes;
    };
    const pieces = this.engine.protocol.splitContent(content, fits);
    const whole = encoded !== '' && pieces.length === 1 && pieces[0] === content;
    return whole ? this.#store(encoded) : this.#appendPieces(pieces, members);
  }

  async #appendPieces(pieces: readonly string[], members: object): Promise<boolean> {
    for (const [index, piece] of pieces.entries()) {
      if (!(await this.#store(this.#encode(piece, index === 0 ? members : {})))) return false;
    }
    return true;
  }

  #store(data: string): Awaitable<boolean> {
    const id = this.#headId + 1;
    const count = (taken: boolean): boolean => {
      if (taken) {
        this.#headId = id;
        this.engine.metrics.eventAppended();
      }
      return taken;
    };
    const taken = this.engine.store.append(this.key, { id, type: 'content_chunk', data });
    return typeof taken === 'boolean' ? count(taken) : taken.then(count);
  }

  #encode(content: string, members: object): string {
    const { protocol } = this.engine;
    return protocol.encodeData(
      protocol.contentData({ content, members, id: this.#headId + 1, traceId: this.record.traceId }),
    );
  }

  #complete(outcome: Outcome): TerminalDraft {
    const { reason = 'done', ...members } = outcome;
    if (this.engine.protocol.isOwnReason(reason)) return { type: 'complete', reason, members };
    return this.#fail(new TypeError(`produce must return reason done, length or x-…, not ${JSON.stringify(reason)}`));
  }

  #fail(error: unknown): TerminalDraft {
    this.engine.log.warn({ err: error, ...this.#names() }, 'generation failed');
    // END-005: what went wrong inside stays inside, unless the application meant it for readers.
    if (error instanceof GenerationError && /^[A-Za-z0-9._-]{1,64}$/.test(error.code)) {
      const message = error.message.slice(0, 1000) || error.code;
      return { type: 'error', code: error.code, message, retryable: error.retryable };
    }
    return { type: 'error', code: 'generation_failed', message: 'The generation failed.', retryable: true };
  }

  #armCap(): void {
    const leftMs = this.engine.protocol.capDelayMs(this.record, this.engine.now());
    // A timer may fire a little early, and none takes more than 2^31-1 ms: then it is set again.
    if (leftMs > 0) {
      this.#capTimer = setTimeout(() => this.#armCap(), Math.min(Math.ceil(leftMs), 2 ** 31 - 1));
      return;
    }
    this.#stop();
    this.end({ type: 'complete', reason: 'duration_cap' }).catch((error: unknown) => {
      this.engine.log.error({ err: error, ...this.#names() }, 'the cap could not be written');
    });
  }

  #stop(): void {
    this.#aborted = true;
    this.#abort.abort();
  }

  #renew(): void {
    Promise.resolve(this.engine.store.renew(this.key)).catch(ignore);
  }

  #names(): { trace_id: string; stream_id: string } {
    return { trace_id: this.record.traceId, stream_id: this.record.streamId };
  }
}
