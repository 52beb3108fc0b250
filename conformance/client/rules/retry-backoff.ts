/** RETRY-006 to RETRY-008: the window of the delays, and their jitter. */
import type { Evidence } from '../../evidence/types.js';
import { type Rule, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { CAP_MS, type Delay, delaysOf, FLOORED, nameBackoff } from './delays.js';
import { FLOOR_MS, RETRY_AFTER_MS } from './retry-floors.js';
import { placeAt, type Session, sessionsOf } from './session.js';
import { PLAIN_CUTS } from './shapes.js';

const STATUSES = [408, 425, 429, 500, 502, 503, 504].map((status) => `status-${status}`);

/**
 * Scenarios that make a client come back, without a floor. Those whose answers open and bring nothing are left out:
 * which delay is due there depends on what counts as progress, on which RETRY-013 to RETRY-015 have their say.
 */
const COMING_BACK = [
  ...PLAIN_CUTS,
  ...STATUSES,
  'drop-always',
  'progress-resets',
  'cursor-survives',
  'numeric-ids',
  'duplicates',
  'gap-once',
  'malformed-once',
  'stall',
  'trace-kept',
  'retry-zero',
  'cut-mid-event',
];

/** A floor below the delay that is due: it changes nothing. */
const SHORT = ['retry-short', 'retry-after-short'];

/** What the server asks for in scenarios with a floor that is waited for. */
const FLOORS_MS = new Map([
  ['retry-floor', FLOOR_MS],
  ['retry-after', RETRY_AFTER_MS],
]);
const ASKED = [...FLOORS_MS.keys()];

/** Delays of one n needed for a verdict on jitter. */
const ENOUGH = 20;

/** The part of the delays, the greatest, that is left out: a busy machine makes some late, and none early. */
const LATE_PART = 0.25;

/**
 * Least spread of the rest of the delays, as a part of d. The spec's narrowest jitter is uniform over 0.2 d: of 20
 * draws the 15 smallest then span less than 0.05 d, a quarter of that, with a probability of 3 in 100,000 (the 15th
 * less the 1st of 20 follows Beta(14, 7)). A client with wider jitter, or more delays, is accused more rarely still.
 */
const LEAST_SPREAD = 0.05;

/**
 * Of 10 draws from the spec's narrowest jitter the 8 smallest span less than 0.01 d, a twentieth of that, with a
 * probability below 1 in 100,000 (the 8th less the 1st of 10 follows Beta(7, 4)).
 */
const ENOUGH_FIRST = 10;
const LEAST_FIRST_SPREAD = 0.01;

function delaysIn(evidence: Evidence, names: readonly string[]): readonly Delay[] {
  return sessionsOf(evidence, names)
    .filter(({ scenario }) => !FLOORED.includes(scenario.scenario))
    .flatMap(delaysOf);
}

/** A reported delay may be rounded. */
const ROUNDED_MS = 20;

/** The delay that the client announced, where the wire bears it out: its own witness, without the lag of the machine. */
function saidTruly({ saidMs, delayMs, endedBy }: Delay): number | undefined {
  const early = endedBy === 'target' ? LATE_MS : EARLY_MS;
  return saidMs !== undefined && delayMs >= saidMs - early && delayMs <= saidMs + LATE_MS ? saidMs : undefined;
}

function placeOfDelay({ session, connection }: Delay) {
  return placeAt(session, connection.sentAtMs, connection);
}

function describe({ n, delayMs, session }: Delay): string {
  const name = nameBackoff(delaysOf(session).map((delay) => delay.delayMs));
  return `${Math.round(delayMs)} ms before reconnection n = ${n}${delaysOf(session).length >= 3 ? `; ${name}` : ''}`;
}

function* judgeLeast(evidence: Evidence): Iterable<Sighting> {
  for (const delay of delaysIn(evidence, [...COMING_BACK, ...SHORT])) {
    const leastMs = 0.5 * delay.backoffMs;
    const saidMs = saidTruly(delay);
    if (saidMs !== undefined && saidMs < leastMs - ROUNDED_MS) {
      yield wrong(placeOfDelay(delay), `at least ${leastMs} ms`, `${saidMs} ms as reported; ${describe(delay)}`);
      continue;
    }
    // Where the client went first it knew before the kit could see it.
    yield delay.sinceKnownMs >= leastMs - EARLY_MS
      ? right(placeOfDelay(delay))
      : wrong(placeOfDelay(delay), `at least ${leastMs} ms`, describe(delay));
  }
}

function* judgeMost(evidence: Evidence): Iterable<Sighting> {
  // Delays that grow although there was progress are RETRY-015's.
  const names = COMING_BACK.filter((name) => name !== 'progress-resets');
  for (const delay of [...delaysIn(evidence, [...names, ...SHORT]), ...sessionsOf(evidence, ASKED).flatMap(delaysOf)]) {
    const { scenario } = delay.session.scenario;
    // Retry-After counts for the next request alone, a retry field from then on.
    const floorMs = scenario === 'retry-after' && delay.n > 0 ? 0 : (FLOORS_MS.get(scenario) ?? 0);
    const mostMs = Math.max(Math.min(1.1 * delay.longestMs, CAP_MS), 1.1 * floorMs);
    const saidMs = saidTruly(delay);
    if (saidMs !== undefined && saidMs > mostMs + ROUNDED_MS) {
      const seen = `${saidMs} ms as reported; ${describe(delay)}`;
      yield wrong(placeOfDelay(delay), `at most ${Math.round(mostMs)} ms`, seen);
      continue;
    }
    yield delay.delayMs <= mostMs + LATE_MS
      ? right(placeOfDelay(delay))
      : wrong(placeOfDelay(delay), `at most ${Math.round(mostMs)} ms`, describe(delay));
  }
}

function* judgeJitter(evidence: Evidence): Iterable<Sighting> {
  const delays = ofOneN(delaysIn(evidence, COMING_BACK));
  const [first] = delays;
  if (first === undefined || delays.length < ENOUGH) {
    return;
  }
  const said = delays.flatMap((delay) => (delay.saidMs === undefined ? [] : delay.saidMs / delay.backoffMs));
  const seen = spreadOf(delays.map(({ delayMs, backoffMs }) => delayMs / backoffMs));
  // Both witnesses have to say so: on a busy machine the wire alone would show jitter that there is not.
  const spread = said.length >= ENOUGH ? Math.min(seen, spreadOf(said)) : seen;
  const place = placeOfDelay(first);
  const firsts = firstDelaysOf(delays);
  if (spread >= LEAST_SPREAD && firsts.length >= ENOUGH_FIRST && spreadOf(firsts) < LEAST_FIRST_SPREAD) {
    yield wrong(
      place,
      'delays that differ from one start of the client to the next',
      `the first delays of ${firsts.length} starts, three quarters of which lie within ${spreadOf(firsts).toFixed(3)} d: drawn from the same seed`,
    );
    return;
  }
  yield spread >= LEAST_SPREAD
    ? right(place)
    : wrong(
        place,
        'delays that spread over at least a fifth of d',
        `${delays.length} delays of n = ${first.n}, three quarters of which lie within ${spread.toFixed(3)} d: jitter-free`,
      );
}

/** What each start of the client drew first: by its own word where it has one, else by the wire. */
function firstDelaysOf(delays: readonly Delay[]): readonly number[] {
  const bySession = new Map<Session, Delay>();
  for (const delay of delays.filter(({ n }) => n === 0)) {
    if (!bySession.has(delay.session)) bySession.set(delay.session, delay);
  }
  return [...bySession.values()].map((delay) => (saidTruly(delay) ?? delay.delayMs) / delay.backoffMs);
}

/** Spread of the delays as parts of d, without the part that may be late. */
function spreadOf(unsorted: readonly number[]): number {
  const parts = [...unsorted].sort((a, b) => a - b);
  const kept = parts.slice(0, Math.ceil(parts.length * (1 - LATE_PART)));
  return (kept.at(-1) ?? 0) - (kept[0] ?? 0);
}

/** The delays of the n that has the most: what a client waits, as a part of d, may differ with n. */
function ofOneN(delays: readonly Delay[]): readonly Delay[] {
  const byN = new Map<number, Delay[]>();
  for (const delay of delays) {
    byN.set(delay.n, [...(byN.get(delay.n) ?? []), delay]);
  }
  return [...byN.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

const backoffRule = (rule: Pick<Rule, 'observes' | 'mend' | 'judge'>, more: readonly string[] = []): Rule => ({
  from: [...COMING_BACK, ...SHORT, ...more],
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
  'RETRY-007': backoffRule(
    {
      observes: 'Every delay before a reconnection, beside min(1.1 d, 5 s), or a floor and a tenth.',
      mend: 'Cap d at 5 s, and the delay with its jitter too; reset n when there was progress.',
      judge: judgeMost,
    },
    ASKED,
  ),
  'RETRY-008': {
    ...backoffRule({
      observes: 'How far at least 20 delays spread, as parts of d.',
      mend: 'Draw each delay from the window anew, from a random source.',
      judge: judgeJitter,
    }),
    occasion: 'Let the client reconnect at least 20 times with its default delays: run all scenarios.',
  },
} satisfies RuleBook<'client', 'RETRY'>;
