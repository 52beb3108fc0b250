/** A target that never does what a requirement is about passes none. */
import { expect, it } from 'vitest';
import type { ConnectionLiteral } from '../../evidence/fixture.js';
import { NULL_TARGETS, runAgainst } from './http-tests.fixture.js';
import { simulateRun } from './testing/simulated-run.js';
import { chapters, idsSeeing } from './testing/verdicts.js';

/** Bytes that look like a stream and are none. */
const MORE_TARGETS: Readonly<Record<string, ConnectionLiteral>> = {
  'an event stream of comments': { sse: [[20, ': ping\n\n: ping\n\n']] },
  'an event stream without a line end': { sse: [[20, 'data: {"content":"endless'.repeat(100)]] },
  'an event stream of blocks without data': { sse: [[20, 'event: content_chunk\n\nretry: 5\n\n']] },
  'an event stream of bytes': { sse: [[20, Uint8Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256)]] },
};

const targets = Object.entries({ ...NULL_TARGETS, ...MORE_TARGETS });

it.each(targets)('%s passes nothing', (_name, answer) => {
  expect(idsSeeing('right', runAgainst(answer))).toEqual([]);
});

it.each(targets)('%s passes nothing, whatever cursors it is asked with', (_name, answer) => {
  expect(idsSeeing('right', simulateRun({ refuse: () => answer }))).toEqual([]);
});

it('a run without a scenario shows nothing', () => {
  for (const kind of ['right', 'wrong', 'not-applicable'] as const) {
    expect(idsSeeing(kind, [])).toEqual([]);
  }
});

it('each rule says where it looks, how to show it something and how to mend it', () => {
  for (const [id, rule] of Object.entries(chapters)) {
    expect(rule.from.length, id).toBeGreaterThan(0);
    expect(
      [rule.observes, rule.occasion, rule.mend].every((text) => /^[A-Z].*[.`)]$/.test(text)),
      id,
    ).toBe(true);
  }
});
