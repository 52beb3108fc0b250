/** One request for a stream and its answer: reads it, watches its times, and says in one word how it ended. */
import { secondsOfHeader } from '../evidence/declared.js';
import { LATE_MS } from '../judge/tolerances.js';
import { Connection } from './connection.js';
import { HeartbeatCheck } from './heartbeat-check.js';
import { recordMs } from './histograms.js';
import type { AnswerHead } from './http-answer.js';
import { type LeanEvent, LeanReader } from './lean-reader.js';
import { numberOf, parseObject, secondsOf, textOf } from './payload.js';
import type { ReadOver, ReadTask, RunContext } from './read-task.js';
import { isRetryable, readRetryAfter } from './reconnection.js';

/** The server ends within 1 s of the cap, and closes within 1 s of the terminal event (CAP-001, END-003). */
const CAP_GRACE_MS = 1000 + LATE_MS;
/** Also a generator that did not keep up has read the end by then, if there was one. */
const CAP_LAST_MS = 10_000;
const CLOSE_GRACE_MS = 1000 + LATE_MS;
/** A turn of the event loop reads what has arrived; this is several. */
const DRAIN_MS = 100;
/** A slow reader sees the end long after it was sent, by no fault of the target: then its stream is left. */
const SLOW_READERS_PATIENCE = 5;
const SLOW_READERS_GRACE_MS = 60_000;
/** Slower networks than this, bytes a millisecond, hold heartbeats up by themselves. */
const SLOWEST_TIMED = 1000;
const CONTENT_TYPE = /^text\/event-stream\s*(?:;|$)/i;

export class StreamRead {
  readonly #context: RunContext;
  readonly #task: ReadTask;
  readonly #connection: Connection;
  readonly #sentMs: number;
  readonly #isTimed: boolean;
  #heartbeats: HeartbeatCheck | undefined;
  #intervalMs = 5000;
  #silenceMs = 15_000;
  #capMs = 60_000;
  #lastMs = 0;
  #lastIdMs = 0;
  /** Up to this id events were there before this connection: their distances say nothing. */
  #knownTo: number;
  #terminalMs = 0;
  #createdMs = 0;
  #hasEvents = false;
  #nowMs = 0;
  #isOver = false;

  constructor(context: RunContext, task: ReadTask, nowMs: number) {
    this.#context = context;
    this.#task = task;
    this.#sentMs = nowMs;
    const { fate, check, cursor } = task;
    this.#knownTo = check.head;
    this.#isTimed = fate.network === undefined || fate.network.bytesPerMs > SLOWEST_TIMED;
    check.begin(cursor);
    const reader = new LeanReader({ onEvent: (event) => this.#takeEvent(event), onRetry: (ms) => task.onRetry(ms) });
    const { destination, tally } = context;
    this.#connection = new Connection(
      destination,
      {
        path: destination.pathOf(fate.streamId),
        fields: `X-Trace-ID: ${fate.traceId}\r\n${cursor === 0 ? '' : `Last-Event-ID: ${cursor}\r\n`}`,
        network: fate.network,
        random: fate.random,
      },
      {
        onHead: (head) => this.#takeHead(head),
        onBody: (bytes) => this.#takeBody(bytes, reader),
        onOver: (ending, reason) => this.#takeEnd(ending, reason),
      },
      (bytes) => {
        tally.counts.bytes += bytes;
        tally.plot('bytes', bytes);
      },
    );
  }

  /** When the last event came (t1); when the answer began, where none did. */
  get lastEventMs(): number {
    return this.#lastMs;
  }

  /** When the request was sent (t3). */
  get sentMs(): number {
    return this.#sentMs;
  }

  close(): void {
    this.#isOver = true;
    this.#connection.close();
  }

  /** To be called every few milliseconds: everything that waits for a time happens here. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    const heartbeats = this.#heartbeats;
    if (heartbeats === undefined) {
      const { answerTimeoutMs } = this.#context.plan;
      if (nowMs - this.#sentMs > answerTimeoutMs && !this.#mayHaveInput(nowMs)) {
        this.#refuse(`no answer within ${answerTimeoutMs / 1000} s`, false);
      }
    } else if (this.#terminalMs > 0) {
      this.#awaitClose(nowMs);
    } else {
      if (heartbeats.missesFirst(nowMs) && this.#mayBlame(heartbeats.sinceMs)) {
        this.#task.find('heartbeat-first-late', undefined, 'expected a heartbeat within 1 s of the answer, got none');
      }
      this.#watch(nowMs);
    }
  }

  #watch(nowMs: number): void {
    const { fate } = this.#task;
    const createdMs = this.#createdMs;
    if (fate.isSlow && nowMs - createdMs > SLOW_READERS_PATIENCE * this.#capMs + SLOW_READERS_GRACE_MS) {
      this.#finish({ how: 'left' });
      return;
    }
    const overMs = fate.isSlow ? 0 : nowMs - createdMs - this.#capMs - CAP_GRACE_MS;
    const isToBlame = overMs > 0 && this.#context.wasSoundSince(nowMs - overMs - CAP_GRACE_MS);
    if (isToBlame) {
      this.#task.find('cap-exceeded', undefined, `no end ${(nowMs - createdMs).toFixed(0)} ms after its beginning`);
    }
    if (isToBlame || overMs > CAP_LAST_MS) {
      this.#finish({ how: 'failed', reason: 'the stream outlived its cap' });
    } else if (nowMs - this.#lastMs > this.#silenceMs && !this.#mayHaveInput(nowMs)) {
      this.#end('stalled', 'silence');
    }
  }

  #awaitClose(nowMs: number): void {
    if (nowMs - this.#terminalMs <= CLOSE_GRACE_MS) return;
    if (this.#mayBlame(this.#terminalMs)) {
      this.#task.find('close-late', this.#task.check.mark, 'still open 1 s after the terminal event');
    }
    this.#finish({ how: 'ended' });
  }

  #takeHead({ status, fields }: AnswerHead): boolean {
    this.#nowMs = performance.now();
    const { cursor, find } = this.#task;
    const type = fields.get('content-type') ?? '';
    const coding = fields.get('content-encoding') ?? 'identity';
    if (status === 200 && CONTENT_TYPE.test(type) && coding === 'identity') {
      this.#open(fields);
      return true;
    }
    if (status === 200) {
      find(
        'media-type',
        undefined,
        `expected text/event-stream, got ${JSON.stringify(`${type} ${coding}`.slice(0, 80))}`,
      );
      this.#refuse('HTTP 200 without an event stream', true);
    } else if (status === 204 && cursor > 0) {
      find('ended-too-early', cursor, `204 for the cursor ${cursor}, and no terminal event had come`);
      this.#refuse('HTTP 204 before the end', true);
    } else if (isRetryable(status)) {
      this.#refuse(`HTTP ${status}`, false, readRetryAfter(fields.get('retry-after'), Date.now()));
    } else {
      if (cursor > 0) find('resume-refused', cursor, `HTTP ${status} for the cursor ${cursor}`);
      this.#refuse(`HTTP ${status}`, true);
    }
    return false;
  }

  #open(fields: ReadonlyMap<string, string>): void {
    this.#createdMs = this.#task.onAnswer(this.#nowMs);
    const { counts } = this.#context.tally;
    counts.requests += 1;
    counts.requestsAnswered += 1;
    this.#heartbeats = new HeartbeatCheck(this.#nowMs);
    this.#lastMs = this.#nowMs;
    this.#intervalMs = (secondsOfHeader(fields.get('x-heartbeat-interval')) ?? 5) * 1000;
    this.#silenceMs = (secondsOfHeader(fields.get('x-silence-threshold')) ?? 15) * 1000;
    this.#capMs = (secondsOfHeader(fields.get('x-stream-max-seconds')) ?? 60) * 1000;
  }

  #takeBody(bytes: Buffer, reader: LeanReader): boolean {
    this.#nowMs = performance.now();
    if (!reader.push(bytes) && !this.#isOver) {
      this.#task.find('event-too-long', undefined, 'an event of more than 2 MiB, or one without an end');
      this.#finish({ how: 'failed', reason: 'an event without an end' });
    }
    return !this.#isOver;
  }

  /** False where the rest is not to be read. */
  #takeEvent(event: LeanEvent): boolean {
    const nowMs = this.#nowMs;
    const { check } = this.#task;
    if (!this.#hasEvents) this.#task.onFirstEvent(nowMs);
    this.#hasEvents = true;
    this.#lastMs = nowMs;
    const before = check.mark;
    const step = check.take(event);
    if (step === 'heartbeat') this.#takeHeartbeat(event, nowMs);
    if (check.mark > before) this.#progress(nowMs, before);
    switch (step) {
      case 'terminal':
        this.#terminalMs = nowMs;
        return true;
      case 'gap':
        this.#end('gap', 'an event was left out');
        return false;
      case 'lost':
        this.#finish({ how: 'failed', reason: 'events were lost' });
        return false;
      case 'refused':
        this.#takeRefusal();
        return false;
      default:
        return this.#terminalMs > 0 || this.#mayGoOn();
    }
  }

  #progress(nowMs: number, before: number): void {
    const { tally } = this.#context;
    const { check } = this.#task;
    tally.plot('events', check.mark - before);
    if (this.#heartbeats?.misses() === true) {
      this.#task.find('heartbeat-not-first', check.mark, `event ${check.mark} came before any heartbeat`);
    }
    if (before >= this.#knownTo && this.#lastIdMs > 0 && !this.#task.fate.isSlow) {
      recordMs(tally.histograms.interEvent, nowMs - this.#lastIdMs);
    }
    this.#lastIdMs = nowMs;
    this.#task.onEventWithId(nowMs);
  }

  #mayGoOn(): boolean {
    const { check, cutAfter, leaveAfter } = this.#task;
    if (leaveAfter !== undefined && check.mark >= leaveAfter) {
      this.#finish({ how: 'enough' });
      return false;
    }
    if (cutAfter !== undefined && check.mark >= cutAfter) {
      this.#end('cut', 'cut by the plan');
      return false;
    }
    return true;
  }

  #takeHeartbeat({ data }: LeanEvent, nowMs: number): void {
    const heartbeats = this.#heartbeats;
    if (heartbeats === undefined) return;
    if (heartbeats.count === 0) {
      const object = parseObject(data);
      this.#intervalMs = (secondsOf(object, 'heartbeat_interval') ?? this.#intervalMs / 1000) * 1000;
      this.#silenceMs = (secondsOf(object, 'silence_threshold') ?? this.#silenceMs / 1000) * 1000;
      this.#capMs = (secondsOf(object, 'max_duration') ?? this.#capMs / 1000) * 1000;
      this.#knownTo = Math.max(this.#knownTo, numberOf(object, 'head_id') ?? 0);
    }
    const { sinceMs } = heartbeats;
    const late = heartbeats.take(nowMs, this.#intervalMs);
    if (late !== undefined && this.#mayBlame(sinceMs)) this.#task.find('heartbeat-late', undefined, late);
  }

  #takeRefusal(): void {
    const code = textOf(this.#task.check.refusal, 'code') ?? 'no code';
    const { cursor } = this.#task;
    if (cursor > 0) this.#task.find('resume-refused', cursor, `error ${JSON.stringify(code.slice(0, 60))} in band`);
    this.#finish({ how: 'failed', reason: `error ${code.slice(0, 60)} in band` });
  }

  #takeEnd(ending: string, reason: string): void {
    this.#nowMs = performance.now();
    if (this.#terminalMs > 0) this.#finish({ how: 'ended' });
    else if (this.#heartbeats === undefined) this.#refuse(reason, ending === 'no-http');
    else this.#end('closed', reason);
  }

  #refuse(reason: string, final: boolean, retryAfterMs = 0): void {
    this.#context.tally.counts.requests += 1;
    this.#context.tally.fail(reason);
    this.#finish({ how: 'refused', reason, final, retryAfterMs });
  }

  #end(how: 'closed' | 'stalled' | 'gap' | 'cut', reason: string): void {
    const openedMs = this.#nowMs - this.#sentMs;
    this.#finish({ how, reason, wasStable: openedMs > 2 * this.#intervalMs });
  }

  #finish(over: ReadOver): void {
    if (this.#isOver) return;
    this.close();
    this.#task.onOver(over);
  }

  /** Input comes first, judgement afterwards: after a hitch of the generator there may be some. */
  #mayHaveInput(nowMs: number): boolean {
    return this.#connection.hasInput || !this.#context.wasSoundSince(nowMs - DRAIN_MS);
  }

  /** The generator was in time, and nothing of its own slowed the stream down. */
  #mayBlame(sinceMs: number): boolean {
    return this.#isTimed && this.#context.wasSoundSince(sinceMs);
  }
}
