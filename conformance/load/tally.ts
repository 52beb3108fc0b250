/** What one generator counts while it runs: sums, histograms, a timeline, and the first findings of each kind. */
import { createHistograms, encodeHistograms } from './histograms.js';
import {
  type FindingKind,
  findingKinds,
  type LoadCounts,
  type LoadFinding,
  type LoadGenerator,
  type LoadTimeline,
  type ShardResult,
} from './types.js';

/** Of each kind: more say nothing new, and a target could make millions. */
export const MOST_FINDINGS_OF_A_KIND = 20;
/** Different reasons of failed requests that are told apart. */
const MOST_REASONS = 40;
/** Steps of the timeline; the last one takes what comes later. */
const MOST_STEPS = 5000;
const DETAIL_CHARACTERS = 300;

export const noCounts: LoadCounts = {
  streamsStarted: 0,
  streamsCompleted: 0,
  streamsFailed: 0,
  streamsLeft: 0,
  requests: 0,
  requestsAnswered: 0,
  resumptions: 0,
  cuts: 0,
  targetCuts: 0,
  eventsSent: 0,
  eventsReceived: 0,
  eventsUnique: 0,
  eventsReplayed: 0,
  duplicates: 0,
  lost: 0,
  heartbeats: 0,
  bytes: 0,
  stalls: 0,
  userErrors: 0,
  streamsJudged: 0,
  completionPpm: 0,
};

export type SeriesName = keyof LoadTimeline;

export const noTimeline = (): LoadTimeline => ({
  events: [],
  bytes: [],
  started: [],
  ended: [],
  reconnects: [],
  errors: [],
  open: [],
  findings: [],
});

/** Where a finding was made. */
export type FindingPlace = Omit<LoadFinding, 'kind' | 'requirement' | 'detail'>;

export class Tally {
  readonly counts: LoadCounts = { ...noCounts };
  readonly histograms = createHistograms();
  stallsPerStream = 0;
  readonly #findings: LoadFinding[] = [];
  readonly #findingCounts = new Map<FindingKind, number>();
  readonly #failures = new Map<string, number>();
  readonly #timeline = noTimeline();
  readonly #bucketMs: number;
  #step = 0;

  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs;
  }

  /** Says what time it is: what is counted from now on belongs to that step of the timeline. */
  moveTo(elapsedMs: number): void {
    this.#step = Math.max(0, Math.min(MOST_STEPS - 1, Math.floor(elapsedMs / this.#bucketMs)));
  }

  /** Adds to the present step of the timeline. */
  plot(name: SeriesName, amount: number): void {
    const values = this.#timeline[name];
    while (values.length <= this.#step) values.push(0);
    values[this.#step] = (values[this.#step] ?? 0) + amount;
  }

  /** For what is a level and no sum: the largest of the step counts. */
  plotLevel(name: SeriesName, level: number): void {
    this.plot(name, 0);
    const values = this.#timeline[name];
    values[this.#step] = Math.max(values[this.#step] ?? 0, level);
  }

  find(kind: FindingKind, place: FindingPlace, detail: string): void {
    const count = (this.#findingCounts.get(kind) ?? 0) + 1;
    this.#findingCounts.set(kind, count);
    this.plot('findings', 1);
    if (count > MOST_FINDINGS_OF_A_KIND) return;
    const { requirement } = findingKinds[kind];
    this.#findings.push({ kind, requirement, ...place, detail: detail.slice(0, DETAIL_CHARACTERS) });
  }

  /** A request that was not answered with a stream. */
  fail(reason: string): void {
    const known = this.#failures.has(reason) || this.#failures.size < MOST_REASONS;
    const key = known ? reason : 'other';
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    this.plot('errors', 1);
  }

  toResult(generator: LoadGenerator): ShardResult {
    return {
      counts: { ...this.counts },
      stallsPerStream: this.stallsPerStream,
      histograms: encodeHistograms(this.histograms),
      findings: [...this.#findings],
      findingCounts: Object.fromEntries(this.#findingCounts),
      failures: Object.fromEntries(this.#failures),
      bucketMs: this.#bucketMs,
      timeline: structuredClone(this.#timeline),
      generators: [generator],
    };
  }
}
