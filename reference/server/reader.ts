/** One connection of a stream: heartbeats, replay, live events, and the ways it closes. */
import { type Engine, endAbandoned } from './engine.js';
import type { Delivery, OutgoingEvent } from './events.js';
import { Frame, type Outlet } from './outlet.js';
import type { StreamState } from './store.js';
import { isTerminal, type StoredEvent, type StreamRecord } from './types.js';

/** Events read from the store at a time. A page, not a limit. */
const PAGE_EVENTS = 100;
/** A replay waits for the network while more than this is buffered. */
const REPLAY_BUFFER_BYTES = 64 * 1024;
/** How long a closed connection may take to deliver what is buffered. */
const LINGER_MS = 30_000;

export type CloseCause = 'ended' | 'gone' | 'client_too_slow' | 'evicted' | 'shutdown' | 'replay_limit';

let connections = 0;

export class Reader {
  readonly record: StreamRecord;
  readonly #startedAt: number;
  #cursor: number;
  #headId: number;
  #ended: boolean;
  #count = 0;
  #live = false;
  #delivery: Delivery;
  #reading = false;
  #missed = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  /** `onClose` is called once, when the connection is over for whatever reason. */
  constructor(
    private readonly engine: Engine,
    private readonly key: string,
    state: StreamState,
    cursor: number,
    private readonly outlet: Outlet,
    private readonly onClose: (cause: CloseCause) => void,
  ) {
    this.record = state.record;
    this.#startedAt = cursor;
    this.#delivery = { record: state.record, cursor, replayed: true, connection: ++connections };
    this.#cursor = cursor;
    this.#headId = state.headId;
    this.#ended = state.ended;
    outlet.onClose(() => this.#finish('gone'));
  }

  async open(): Promise<void> {
    const delayMs = this.engine.protocol.firstHeartbeatDelayMs();
    if (delayMs > 0) this.#timer = setTimeout(() => this.#beat(), delayMs);
    else this.#beat();
    // Listening begins before reading: what comes in between is in both and is told apart by its id.
    const unsubscribe = await this.engine.store.subscribe(this.key, (event) => this.#onEvent(event));
    if (this.#closed) {
      unsubscribe();
      return;
    }
    this.#unsubscribe = unsubscribe;
    this.#wake();
  }

  /** The server goes away; the client comes back elsewhere. */
  shutDown(): void {
    if (this.#closed) return;
    const { protocol, random } = this.engine;
    this.outlet.write(new Frame(protocol.encodeText(protocol.shutdownText(random))));
    this.#close('shutdown');
  }

  #onEvent(event: StoredEvent | undefined): void {
    if (event) this.#observe(event);
    // REPLAY-007: an event is written when it is the next one and nothing older is still to be read.
    if (event && !this.#reading && event.id === this.#cursor + 1) this.#send(event);
    else this.#wake();
  }

  #observe(event: StoredEvent): void {
    this.#headId = Math.max(this.#headId, event.id);
    this.#ended ||= isTerminal(event);
  }

  /** Has the store looked at, now or, if that is going on, once more. */
  #wake(): void {
    this.#missed = true;
    if (!this.#reading) void this.#catchUp();
  }

  /** Reads from the store until nothing is left and nothing came in meanwhile. */
  async #catchUp(): Promise<void> {
    this.#reading = true;
    try {
      let read: number;
      do {
        this.#missed = false;
        read = await this.#replayPage();
      } while ((read > 0 || this.#missed) && !this.#closed);
      this.#goLive();
      if (!this.engine.protocol.followsLive(this.#startedAt > 0)) this.#close('ended');
    } catch (error) {
      // The store is out of reach. The heartbeats go on, and each of them looks again.
      this.engine.log.warn({ err: error, trace_id: this.record.traceId }, 'replay interrupted');
    } finally {
      this.#reading = false;
    }
  }

  #goLive(): void {
    if (this.#live) return;
    this.#live = true;
    this.#delivery = { ...this.#delivery, replayed: false };
  }

  /** Sends what the store has next, at the pace of the network. Returns how many events it had. */
  async #replayPage(): Promise<number> {
    const page = await this.engine.store.readAfter(this.key, this.#cursor, PAGE_EVENTS);
    for (const event of page) {
      this.#observe(event);
      const evicted = event.id !== this.#cursor + 1;
      if (evicted) this.#cut('evicted');
      if (!this.#live && event.id - this.#startedAt > this.engine.protocol.replayLimit()) this.#close('replay_limit');
      this.#send(event);
      while (this.outlet.bufferedBytes > REPLAY_BUFFER_BYTES && !this.#closed) await this.outlet.drained();
      if (this.#closed) break;
    }
    return page.length;
  }

  #send(event: StoredEvent): void {
    if (this.#closed) return;
    this.#cursor = event.id;
    const { protocol } = this.engine;
    for (const outgoing of protocol.deliver(event, this.#delivery)) this.#write(outgoing);
    if (!isTerminal(event) || this.#closed) return;
    clearTimeout(this.#timer);
    const delayMs = protocol.closeDelayMs();
    if (delayMs > 0) this.#timer = setTimeout(() => this.#close('ended'), delayMs);
    else this.#close('ended');
  }

  #write(event: OutgoingEvent): void {
    this.outlet.write(this.engine.frame(event));
    this.engine.metrics.eventSent(event.type);
    if (this.engine.protocol.overflows(this.outlet.bufferedBytes, this.engine.settings)) this.#cut('client_too_slow');
  }

  #beat(): void {
    const { protocol, settings } = this.engine;
    this.#count += 1;
    const data = protocol.heartbeatData({
      record: this.record,
      settings,
      headId: this.#headId,
      ended: this.#ended,
      count: this.#count,
      nowMs: this.engine.now(),
    });
    this.#write(protocol.heartbeatEvent(protocol.encodeData(data)));
    if (this.#closed) return;
    const delayMs = protocol.heartbeatDelayMs(settings, this.#count, this.#startedAt > 0);
    this.#timer = setTimeout(() => this.#beat(), delayMs);
    if (this.#unsubscribe) void this.#check();
  }

  /** Looks for what no event tells: one that was missed, a stream that is gone, a writer that is gone. */
  async #check(): Promise<void> {
    const { store, log } = this.engine;
    try {
      const state = await store.find(this.key);
      if (!state) this.#cut('evicted');
      else if (state.headId > this.#cursor) this.#wake();
      else if (!state.ended) await endAbandoned(this.engine, this.key);
    } catch (error) {
      log.warn({ err: error, trace_id: this.record.traceId }, 'stream not checked');
    }
  }

  #close(cause: CloseCause): void {
    if (this.#closed) return;
    this.#finish(cause);
    this.outlet.end();
    const linger = setTimeout(() => this.outlet.destroy(), LINGER_MS).unref();
    this.outlet.onClose(() => clearTimeout(linger));
  }

  /** Without a terminal event and without waiting for a reader that does not read. */
  #cut(cause: CloseCause): void {
    if (this.#closed) return;
    this.#finish(cause);
    this.outlet.destroy();
  }

  #finish(cause: CloseCause): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unsubscribe?.();
    this.onClose(cause);
  }
}
