/** RETRY-006 to RETRY-008: the window of the delays, and their jitter. */
import type { Evidence } from '../../evidence/types.js';
import { type Rule, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { CAP_MS, type Delay, delaysOf, FLOORED, nameBackoff } from './delays.js';
import { placeAt, sessionsOf } from './session.js';
import { PLAIN_CUTS } from './shapes.js';

const STATUSES = [408, 425, 429, 500, 502, 503, 504].map((status) => `status-${status}`);

/** Scenarios that make a client come back, without a floor. */
const COMING_BACK = [
  ...PLAIN_CUTS,
  ...STATUSES,
  'cut-always',
  'drop-always',
  'drop-8',
  'progress-resets',
  'cursor-survives',
  'numeric-ids',
  'duplicates',
  'gap-once',
  'trace-kept',
  'unknown-type',
  'retry-zero',
  'cut-mid-event',
  'nul-id',
];

/** Delays needed for a verdict on jitter. */
const ENOUGH = 20;

/**
 * Least spread of the delays, as a part of d, after a tenth of them, the greatest, was dropped (a busy machine makes
 * some late). The spec's narrowest jitter is uniform over 0.2 d: of 20 draws the 18 smallest then span less than 0.07 d
 * with a probability of 6 in 1,000,000 (the 18th less the 1st of 20 follows Beta(17, 4)); a client with wider jitter,
 * or more delays, is accused more rarely still.
 */
const LEAST_SPREAD = 0.07;

function delaysIn(evidence: Evidence, names: readonly string[]): readonly Delay[] {
  return sessionsOf(evidence, names)
    .filter(({ scenario }) => !FLOORED.includes(scenario.scenario))
    .flatMap(delaysOf);
}

function placeOfDelay({ session, connection }: Delay) {
  return placeAt(session, connection.sentAtMs, connection);
}

function describe({ n, delayMs, session }: Delay): string {
  const name = nameBackoff(delaysOf(session).map((delay) => delay.delayMs));
  return `${Math.round(delayMs)} ms before reconnection n = ${n}${delaysOf(session).length >= 3 ? `; ${name}` : ''}`;
}

function* judgeLeast(evidence: Evidence): Iterable<Sighting> {
  for (const delay of delaysIn(evidence, COMING_BACK)) {
    const leastMs = 0.5 * delay.backoffMs;
    yield delay.delayMs >= leastMs - EARLY_MS
      ? right(placeOfDelay(delay))
      : wrong(placeOfDelay(delay), `at least ${leastMs} ms`, describe(delay));
  }
}

function* judgeMost(evidence: Evidence): Iterable<Sighting> {
  for (const delay of delaysIn(evidence, COMING_BACK)) {
    const mostMs = Math.min(1.1 * delay.backoffMs, CAP_MS);
    yield delay.delayMs <= mostMs + LATE_MS
      ? right(placeOfDelay(delay))
      : wrong(placeOfDelay(delay), `at most ${Math.round(mostMs)} ms`, describe(delay));
  }
}

function* judgeJitter(evidence: Evidence): Iterable<Sighting> {
  const delays = delaysIn(evidence, COMING_BACK);
  const [first] = delays;
  if (first === undefined || delays.length < ENOUGH) {
    return;
  }
  const spread = spreadOf(delays);
  const place = placeOfDelay(first);
  yield spread >= LEAST_SPREAD
    ? right(place)
    : wrong(
        place,
        `delays that spread over at least a fifth of d (the kit accuses below ${LEAST_SPREAD})`,
        `${delays.length} delays that spread over ${spread.toFixed(3)} of d: jitter-free`,
      );
}

/** Spread of delay / d, without the greatest tenth; the least over n, since a client's factor may differ with n. */
function spreadOf(delays: readonly Delay[]): number {
  const parts = delays
    .filter(({ n }) => n === mostCommonN(delays))
    .map(({ delayMs, backoffMs }) => delayMs / backoffMs)
    .sort((a, b) => a - b);
  const kept = parts.slice(0, Math.max(1, Math.floor(parts.length * 0.9)));
  return (kept.at(-1) ?? 0) - (kept[0] ?? 0);
}

function mostCommonN(delays: readonly Delay[]): number {
  const counts = new Map<number, number>();
  for (const { n } of delays) {
    counts.set(n, (counts.get(n) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

const backoffRule = (rule: Pick<Rule, 'observes' | 'mend' | 'judge'>): Rule => ({
  from: COMING_BACK,
  occasion: 'Let the client reconnect, with its default delays.',
  timed: true,
  ...rule,
});

export const backoff = {
  'RETRY-006': backoffRule({
    observes: 'Every delay before a reconnection, beside half of min(1 s × 2^n, 5 s).',
    mend: 'Wait at least half of d = min(base × 2^n, cap), also after a clean end and after 503.',
    judge: judgeLeast,
  }),
  'RETRY-007': backoffRule({
    observes: 'Every delay before a reconnection, beside min(1.1 d, 5 s).',
    mend: 'Cap d at 5 s, and the delay with its jitter too; reset n when there was progress.',
    judge: judgeMost,
  }),
  'RETRY-008': {
    ...backoffRule({
      observes: 'How far at least 20 delays spread, as parts of d.',
      mend: 'Draw each delay from the window anew, from a random source.',
      judge: judgeJitter,
    }),
    occasion: 'Let the client reconnect at least 20 times with its default delays: run all scenarios.',
  },
} satisfies RuleBook<'client', 'RETRY'>;
