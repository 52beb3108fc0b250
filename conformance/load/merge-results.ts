/** Adds results up: merged shares are what one generator would have counted, whatever the order and the stages. */
import { KitError } from '../kit-error.js';
import { addHistograms, createHistograms, decodeHistograms, encodeHistograms } from './histograms.js';
import { MOST_FINDINGS_OF_A_KIND, noCounts, noTimeline } from './tally.js';
import type { LoadCounts, LoadFinding, LoadPlan, LoadResult, LoadTimeline, ShardResult } from './types.js';

/**
 * The whole of some shares of one plan. Throws `KitError` (`kit`) where there is none, where a histogram is damaged, or
 * where they are of plans with different timelines.
 */
export function mergeResults(results: readonly ShardResult[]): LoadResult {
  const [first] = results;
  if (first === undefined) throw new KitError('kit', 'expected at least one result to merge, got none');
  if (results.some(({ bucketMs }) => bucketMs !== first.bucketMs)) {
    throw new KitError('kit', 'expected results of one plan, got timelines with steps of different length');
  }
  const histograms = createHistograms();
  for (const result of results) addDecoded(histograms, result);
  return {
    counts: results.map(({ counts }) => counts).reduce(addCounts, noCounts),
    stallsPerStream: Math.max(...results.map(({ stallsPerStream }) => stallsPerStream)),
    histograms: encodeHistograms(histograms),
    findings: firstOfEachKind(results.flatMap(({ findings }) => findings)),
    findingCounts: addNumbers(results.map(({ findingCounts }) => findingCounts)),
    failures: addNumbers(results.map(({ failures }) => failures)),
    bucketMs: first.bucketMs,
    timeline: results.map(({ timeline }) => timeline).reduce(addTimelines, noTimeline()),
    generators: results.flatMap(({ generators }) => generators),
  };
}

/** Stands for a share whose generator never told its result, so that it is missing in plain sight. */
export function lostShare(plan: LoadPlan, name: string, why: string): ShardResult {
  return {
    counts: { ...noCounts },
    stallsPerStream: 0,
    histograms: encodeHistograms(createHistograms()),
    findings: [],
    findingCounts: {},
    failures: {},
    bucketMs: plan.bucketMs,
    timeline: noTimeline(),
    generators: [
      {
        name,
        outcome: 'lost',
        why: why.slice(0, 600),
        streams: plan.streams,
        startedAt: new Date().toISOString(),
        durationMs: 0,
        busy: 0,
        lagP99Ms: 0,
        lagMaxMs: 0,
        memoryBytes: 0,
      },
    ],
  };
}

function addDecoded(to: ReturnType<typeof createHistograms>, { histograms }: ShardResult): void {
  try {
    addHistograms(to, decodeHistograms(histograms));
  } catch (cause) {
    throw new KitError('kit', 'expected HDR histograms in a result, got something that cannot be read', { cause });
  }
}

function addCounts(a: LoadCounts, b: LoadCounts): LoadCounts {
  return {
    streamsStarted: a.streamsStarted + b.streamsStarted,
    streamsCompleted: a.streamsCompleted + b.streamsCompleted,
    streamsFailed: a.streamsFailed + b.streamsFailed,
    streamsLeft: a.streamsLeft + b.streamsLeft,
    requests: a.requests + b.requests,
    requestsAnswered: a.requestsAnswered + b.requestsAnswered,
    resumptions: a.resumptions + b.resumptions,
    cuts: a.cuts + b.cuts,
    targetCuts: a.targetCuts + b.targetCuts,
    eventsSent: a.eventsSent + b.eventsSent,
    eventsReceived: a.eventsReceived + b.eventsReceived,
    eventsUnique: a.eventsUnique + b.eventsUnique,
    eventsReplayed: a.eventsReplayed + b.eventsReplayed,
    duplicates: a.duplicates + b.duplicates,
    lost: a.lost + b.lost,
    heartbeats: a.heartbeats + b.heartbeats,
    bytes: a.bytes + b.bytes,
    stalls: a.stalls + b.stalls,
    userErrors: a.userErrors + b.userErrors,
    streamsJudged: a.streamsJudged + b.streamsJudged,
    completionPpm: a.completionPpm + b.completionPpm,
  };
}

function addNumbers(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of all.flatMap(Object.entries<number>)) sums.set(key, (sums.get(key) ?? 0) + value);
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addTimelines(a: LoadTimeline, b: LoadTimeline): LoadTimeline {
  return {
    events: addSteps(a.events, b.events),
    bytes: addSteps(a.bytes, b.bytes),
    started: addSteps(a.started, b.started),
    ended: addSteps(a.ended, b.ended),
    reconnects: addSteps(a.reconnects, b.reconnects),
    errors: addSteps(a.errors, b.errors),
    open: addSteps(a.open, b.open),
    findings: addSteps(a.findings, b.findings),
  };
}

function addSteps(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, step) => (a[step] ?? 0) + (b[step] ?? 0));
}

/** By their time, as one generator would have made them. */
function firstOfEachKind(findings: readonly LoadFinding[]): LoadFinding[] {
  const seen = new Map<string, number>();
  return [...findings]
    .sort((a, b) => a.atMs - b.atMs)
    .filter(({ kind }) => {
      const count = (seen.get(kind) ?? 0) + 1;
      seen.set(kind, count);
      return count <= MOST_FINDINGS_OF_A_KIND;
    });
}
