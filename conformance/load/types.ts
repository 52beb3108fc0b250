/**
 * The contract of a load run. A plan is plain JSON and can be split; every share runs by itself, on any thread or
 * machine; results are plain JSON and add up to what one generator alone would have counted.
 *
 * `splitPlan` in split-plan.ts, `runShard` in run-shard.ts, `mergeResults` and `lostShare` in merge-results.ts. What
 * comes from another process is checked with `isOfSchema('load-plan' | 'load-result', value)`.
 */
import type { LoadPlan, NetworkShare } from '../../schemas/1.0/types/load-plan.js';
import type {
  LoadCounts,
  LoadFinding,
  LoadGenerator,
  LoadHistograms,
  LoadResult,
  LoadTimeline,
} from '../../schemas/1.0/types/load-result.js';

export type {
  LoadCounts,
  LoadFinding,
  LoadGenerator,
  LoadHistograms,
  LoadPlan,
  LoadResult,
  LoadTimeline,
  NetworkShare,
};

/** What one share measured; the same shape as the whole, so that results can be merged in stages. */
export type ShardResult = LoadResult;

/** What a share needs besides its plan. */
export interface ShardOptions {
  /** Ends the share early: what was measured so far is its result, with the outcome `interrupted`. */
  readonly signal?: AbortSignal;
  /** When the share begins, milliseconds since the epoch; at once where that is over or absent. */
  readonly startAtMs?: number;
  /** Of this generator in the report (default: host and process). */
  readonly name?: string;
  /** Called about once a second with what was measured so far: each call replaces the one before. */
  readonly onProgress?: (soFar: ShardResult) => void;
}

/** Every kind of finding, what it means, and the requirement that it breaks. */
export const findingKinds = {
  lost: { requirement: 'REPLAY-006', meaning: 'an event never came, also not after a resumption' },
  duplicate: { requirement: 'REPLAY-007', meaning: 'an event came twice and was not asked for twice' },
  order: { requirement: 'ID-002', meaning: 'two events came the wrong way round' },
  gap: { requirement: 'ID-003', meaning: 'an id was left out, and came only after a resumption' },
  'replay-differs': { requirement: 'REPLAY-021', meaning: 'a replayed event differs from its first delivery' },
  'id-malformed': { requirement: 'ID-001', meaning: 'an id is no number as the spec writes them' },
  'id-missing': { requirement: 'ID-004', meaning: 'an event that needs an id has none' },
  'heartbeat-with-id': { requirement: 'ID-005', meaning: 'a heartbeat has an id' },
  'sequence-differs': { requirement: 'EVENT-009', meaning: 'the member seq is not the id' },
  'data-malformed': { requirement: 'EVENT-006', meaning: 'the data of an event is no JSON object' },
  'foreign-trace': { requirement: 'TRACE-004', meaning: 'an event carries the trace id of another stream' },
  'event-too-long': { requirement: 'EVENT-013', meaning: 'an event is larger than 64 KiB' },
  'heartbeat-first-late': { requirement: 'HEARTBEAT-001', meaning: 'the first heartbeat came late or never' },
  'heartbeat-not-first': { requirement: 'HEARTBEAT-002', meaning: 'an event came before the first heartbeat' },
  'heartbeat-late': { requirement: 'HEARTBEAT-003', meaning: 'two heartbeats were too far apart' },
  'head-id-wrong': { requirement: 'HEARTBEAT-012', meaning: 'a heartbeat names a head below what was sent' },
  'cap-exceeded': { requirement: 'CAP-001', meaning: 'a stream outlived its cap' },
  'after-terminal': { requirement: 'END-002', meaning: 'something followed the terminal event' },
  'close-late': { requirement: 'END-003', meaning: 'a connection stayed open after the terminal event' },
  'total-wrong': { requirement: 'END-004', meaning: 'the terminal event counts other chunks than were sent' },
  'media-type': { requirement: 'HTTP-002', meaning: 'an answer of 200 is no event stream' },
  'resume-refused': { requirement: 'REPLAY-001', meaning: 'a valid cursor within the retention was refused' },
  'ended-too-early': { requirement: 'REPLAY-016', meaning: 'the target says that nothing is left, and something is' },
} as const;

export type FindingKind = keyof typeof findingKinds;
