/** One stream of a load run from its first request to its end: is cut, comes back, gives up, and is counted. */
import type { Fate } from './fate.js';
import { recordMs } from './histograms.js';
import type { ReadOver, RunContext } from './read-task.js';
import { MOST_ATTEMPTS, Reconnection } from './reconnection.js';
import { StreamCheck } from './stream-check.js';
import { StreamRead } from './stream-read.js';
import type { FindingKind } from './types.js';

export class StreamRun {
  readonly #context: RunContext;
  readonly #fate: Fate;
  readonly #check: StreamCheck;
  readonly #reconnection: Reconnection;
  /** When the stream was due at first. */
  readonly #plannedMs: number;
  #dueMs: number;
  #read: StreamRead | undefined;
  #connections = 0;
  /** When the first answer came: a target that is slow to answer began its stream no earlier. */
  #createdMs: number | undefined;
  /** When a cut or a stall was detected (t2) that is not yet made good. */
  #detectedMs: number | undefined;
  #comesBackByPlan = false;
  #hasEvents = false;
  #stalls = 0;
  #isOver = false;
  /** Whether it came to a good end; of use when it is over. */
  succeeded = false;

  /** @param dueMs When it begins, on the clock of `performance.now`. */
  constructor(context: RunContext, fate: Fate, dueMs: number) {
    this.#context = context;
    this.#fate = fate;
    this.#plannedMs = dueMs;
    this.#dueMs = dueMs;
    this.#reconnection = new Reconnection(fate.random);
    const remembers = fate.cutAfter !== undefined && fate.comesBack !== 'exact';
    this.#check = new StreamCheck({ counts: context.tally.counts, find: this.#find }, fate.traceId, remembers);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it has begun and is not over. */
  get isRunning(): boolean {
    return this.#connections > 0 && !this.#isOver;
  }

  tick(nowMs: number): void {
    if (this.#isOver) return;
    if (this.#read !== undefined) this.#read.tick(nowMs);
    else if (nowMs >= this.#dueMs) this.#connect(nowMs);
  }

  /** The run is over: a stream that has not ended is left where it is. */
  leave(): void {
    if (this.#isOver) return;
    this.#read?.close();
    if (this.#check.terminal !== undefined) {
      this.#judge();
    } else if (this.#connections > 0) {
      const { counts } = this.#context.tally;
      counts.streamsLeft += 1;
      counts.eventsSent += this.#check.mark;
    }
    this.#isOver = true;
  }

  #connect(nowMs: number): void {
    const { tally, plan } = this.#context;
    if (this.#connections === 0) {
      tally.counts.streamsStarted += 1;
      tally.plot('started', 1);
    } else {
      tally.plot('reconnects', 1);
    }
    this.#connections += 1;
    const cursor = this.#nextCursor();
    if (cursor > 0) tally.counts.resumptions += 1;
    this.#read = new StreamRead(
      this.#context,
      {
        fate: this.#fate,
        check: this.#check,
        cursor,
        cutAfter: this.#connections === 1 ? this.#fate.cutAfter : undefined,
        leaveAfter: plan.events ?? undefined,
        find: this.#find,
        onAnswer: (ms) => this.#takeAnswer(ms),
        onFirstEvent: (ms) => this.#takeFirstEvent(ms),
        onEventWithId: (ms) => this.#takeEventWithId(ms),
        onRetry: (ms) => this.#reconnection.setFloor(ms),
        onOver: (over) => this.#takeOver(over),
      },
      nowMs,
    );
  }

  /** After a cut of the plan's own some events are asked for again, to compare them. */
  #nextCursor(): number {
    const { mark } = this.#check;
    if (!this.#comesBackByPlan || this.#fate.comesBack === 'exact') return mark;
    return this.#fate.comesBack === 'start' ? 0 : this.#check.overlapCursor();
  }

  readonly #find = (kind: FindingKind, eventId: number | undefined, detail: string): void => {
    const place = { streamId: this.#fate.streamId, connection: this.#connections, atMs: this.#elapsedMs() };
    this.#context.tally.find(kind, eventId === undefined ? place : { ...place, eventId }, detail);
  };

  #elapsedMs(): number {
    return Math.max(0, Math.round(performance.now() - this.#context.startedMs));
  }

  #takeAnswer(nowMs: number): number {
    this.#createdMs ??= nowMs;
    return this.#createdMs;
  }

  /** t4. */
  #takeFirstEvent(nowMs: number): void {
    if (this.#detectedMs === undefined || this.#read === undefined) return;
    const { reconnect, resumption } = this.#context.tally.histograms;
    recordMs(reconnect, nowMs - this.#detectedMs);
    recordMs(resumption, nowMs - this.#read.sentMs);
    this.#detectedMs = undefined;
    this.#comesBackByPlan = false;
  }

  #takeEventWithId(nowMs: number): void {
    this.#reconnection.progressed();
    if (this.#hasEvents) return;
    this.#hasEvents = true;
    recordMs(this.#context.tally.histograms.timeToFirstEvent, nowMs - this.#plannedMs);
  }

  #takeOver(over: ReadOver): void {
    const lastMs = this.#read?.lastEventMs ?? 0;
    this.#read = undefined;
    const { counts } = this.#context.tally;
    switch (over.how) {
      case 'ended':
      case 'enough':
        this.#judge();
        return;
      case 'left':
        this.leave();
        return;
      case 'failed':
        this.#giveUp(over.reason);
        return;
      case 'refused':
        if (over.final) this.#giveUp(over.reason);
        else this.#comeBack(over.reason, over.retryAfterMs);
        return;
      case 'cut':
        counts.cuts += 1;
        this.#comesBackByPlan = true;
        break;
      case 'closed':
        counts.targetCuts += 1;
        break;
      case 'stalled':
        counts.stalls += 1;
        this.#stalls += 1;
        break;
      default:
    }
    const detectedMs = performance.now();
    recordMs(this.#context.tally.histograms.detection, detectedMs - lastMs);
    this.#detectedMs ??= detectedMs;
    if (over.wasStable) this.#reconnection.progressed();
    this.#comeBack(over.reason, 0);
  }

  #comeBack(reason: string, retryAfterMs = 0): void {
    const delayMs = this.#reconnection.next(retryAfterMs);
    if (delayMs === undefined) this.#giveUp(`given up after ${MOST_ATTEMPTS} attempts in a row, at last: ${reason}`);
    else this.#dueMs = performance.now() + delayMs;
  }

  /** What a user would be shown. */
  #giveUp(reason: string): void {
    this.#context.tally.fail(`stream failed: ${reason}`);
    this.#judge();
  }

  #judge(): void {
    const { tally } = this.#context;
    const { counts } = tally;
    const { terminal, mark, head } = this.#check;
    const { events } = this.#context.plan;
    const isWhole = terminal !== undefined || (events !== null && mark >= events);
    this.succeeded = isWhole && terminal?.type !== 'error';
    const sent = isWhole ? mark : Math.max(head, mark);
    counts.eventsSent += sent;
    counts.streamsJudged += 1;
    counts.completionPpm += sent === 0 ? 0 : Math.floor((1_000_000 * mark) / sent);
    if (this.succeeded) {
      counts.streamsCompleted += 1;
    } else {
      counts.streamsFailed += 1;
      counts.userErrors += 1;
    }
    tally.stallsPerStream = Math.max(tally.stallsPerStream, this.#stalls);
    tally.plot('ended', 1);
    this.#isOver = true;
  }
}
