/** What a request for a stream has to do, and what may become of it. */
import type { Destination } from './destination.js';
import type { Fate } from './fate.js';
import type { StreamCheck } from './stream-check.js';
import type { Tally } from './tally.js';
import type { FindingKind, LoadPlan } from './types.js';

/** What all streams of a generator share. */
export interface RunContext {
  readonly plan: LoadPlan;
  readonly destination: Destination;
  readonly tally: Tally;
  /** When the run began, on the clock of `performance.now`. */
  readonly startedMs: number;
  /** Whether the generator kept up since then: without that, no time is held against the target. */
  wasSoundSince(ms: number): boolean;
}

/** What a request has to do with its stream. */
export interface ReadTask {
  readonly fate: Fate;
  readonly check: StreamCheck;
  readonly cursor: number;
  /** After how many events the plan cuts the connection, or leaves the stream. */
  readonly cutAfter: number | undefined;
  readonly leaveAfter: number | undefined;
  find(kind: FindingKind, eventId: number | undefined, detail: string): void;
  /** A stream came. Returns when the first answer of this stream did: no earlier is it known to exist. */
  onAnswer(nowMs: number): number;
  /** The first event after the request, and the first one with an id of this connection. */
  onFirstEvent(nowMs: number): void;
  onEventWithId(nowMs: number): void;
  onRetry(ms: number): void;
  onOver(over: ReadOver): void;
}

export type ReadOver =
  /** No stream came; `final` where it is no use to ask again. */
  | { readonly how: 'refused'; readonly reason: string; readonly final: boolean; readonly retryAfterMs?: number }
  /** It ended before the terminal event: by the target, in silence, by a hole, by the plan. */
  | { readonly how: 'closed' | 'stalled' | 'gap' | 'cut'; readonly wasStable: boolean; readonly reason: string }
  | { readonly how: 'failed'; readonly reason: string }
  /** Its end, as many events as were asked for, or more time than a slow reader is given. */
  | { readonly how: 'ended' | 'enough' | 'left' };
