/** Scenarios about answers that are no streams, and about the times that a server asks a client to wait. */
import {
  cutAfter,
  drop,
  eof,
  LAST_ID,
  NOTHING_FOLLOWS_MS,
  playTo,
  rest,
  scenario,
  status,
  stream,
} from './building-blocks.js';
import type { Pace } from './pace.js';
import type { Answer, ClientScenario } from './scenario.js';

const RETRIED = [408, 425, 429, 500, 502, 503, 504] as const;
const NOT_RETRIED = [400, 401, 403, 404, 406, 410] as const;

/** Longer than any delay without a floor, and short enough that nobody waits for the full minute. */
const HUGE_WATCHED_MS = 8_000;

export function answerScenarios(pace: Pace): readonly ClientScenario[] {
  return [
    ...RETRIED.map((code) =>
      scenario(pace, {
        name: `status-${code}`,
        does: `answers the first request with ${code}, which is worth another attempt`,
        answers: [status(code), rest],
      }),
    ),
    ...NOT_RETRIED.map((code) =>
      scenario(pace, {
        name: `status-${code}`,
        does: `answers every request with ${code}, which is final`,
        answers: [status(code)],
        settleMs: NOTHING_FOLLOWS_MS,
      }),
    ),
    scenario(pace, {
      name: 'retry-after',
      does: 'answers the first request with 503 and Retry-After: 3, and closes the second without an answer',
      answers: [status(503, { 'Retry-After': '3' }), drop, rest],
    }),
    scenario(pace, {
      name: 'retry-after-429',
      does: 'answers the first request with 429 and Retry-After: 2',
      answers: [status(429, { 'Retry-After': '2' }), rest],
    }),
    scenario(pace, {
      name: 'retry-after-short',
      does: 'answers the third request with 503 and Retry-After: 1, less than the backoff has come to',
      answers: [drop, drop, status(503, { 'Retry-After': '1' }), rest],
    }),
    scenario(pace, {
      name: 'retry-after-date',
      does: 'answers the first request with 503 and a date in Retry-After, 4 s ahead',
      answers: [status(503, { 'Retry-After': '{date+4}' }), rest],
    }),
    scenario(pace, {
      name: 'retry-after-huge',
      does: 'answers the first request with 503 and a day in Retry-After; watched for 8 s',
      answers: [status(503, { 'Retry-After': '86400' })],
      settleMs: HUGE_WATCHED_MS,
    }),
    ...noStreams(pace),
    scenario(pace, {
      name: 'redirect',
      does: 'redirects the first request with 307',
      answers: [status(307, { Location: '{self}&redirected=1' }), rest],
    }),
    scenario(pace, {
      name: 'redirect-resumed',
      does: 'redirects the resumption with 307',
      answers: [cutAfter(3), status(307, { Location: '{self}&redirected=1' }), rest],
    }),
    ...floors(pace),
  ];
}

function noStreams(pace: Pace): readonly ClientScenario[] {
  const looksLikeOne = (name: string, does: string, answer: Answer): ClientScenario =>
    scenario(pace, { name, does, answers: [answer], settleMs: NOTHING_FOLLOWS_MS });
  return [
    looksLikeOne('wrong-type', 'answers with a page of HTML', {
      kind: 'status',
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: '<!doctype html><title>Log in</title>',
    }),
    looksLikeOne('near-type', 'plays a stream under a media type that only begins like an event stream', {
      kind: 'stream',
      headers: { 'Content-Type': 'text/event-streams' },
      steps: [{ do: 'heartbeat' }, playTo(LAST_ID), eof],
    }),
    looksLikeOne('created-201', 'plays a stream under the status 201', {
      kind: 'stream',
      status: 201,
      steps: [{ do: 'heartbeat' }, playTo(LAST_ID), eof],
    }),
  ];
}

function floors(pace: Pace): readonly ClientScenario[] {
  const cutWith = (...values: readonly string[]): Answer =>
    stream({ do: 'send', bytes: values.map((value) => `retry: ${value}\n\n`).join('') }, playTo(3), eof);
  return [
    scenario(pace, {
      name: 'retry-floor',
      does: 'asks with a retry field for 2.5 s before every attempt, and then with malformed ones for less',
      answers: [cutWith('2500'), stream({ do: 'send', bytes: 'retry: 9x\n\nretry:\n\n' }, eof), rest],
    }),
    scenario(pace, {
      name: 'retry-short',
      does: 'asks with a retry field for 1 s, and closes two more connections without an answer',
      answers: [cutWith('1000'), drop, drop, rest],
    }),
    scenario(pace, {
      name: 'retry-zero',
      does: 'asks with a retry field for no time before the next attempt',
      answers: [cutWith('0'), rest],
    }),
    scenario(pace, {
      name: 'retry-malformed',
      does: 'sends retry fields that are not only digits',
      // The last one that a lenient parser takes is 4 s, which is longer than any delay without a floor.
      answers: [cutWith('-1', '4e3', '4000x', '+4000', '4_000', '4000 ', '٤٠٠٠'), rest],
    }),
    scenario(pace, {
      name: 'retry-huge',
      does: 'asks with a retry field for three years before the next attempt; watched for 8 s',
      // Whoever comes within that time gets the rest; a client that waits for its minute is not waited for.
      answers: [cutWith('99999999999')],
      settleMs: HUGE_WATCHED_MS,
    }),
  ];
}
