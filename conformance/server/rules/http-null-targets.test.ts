import { expect, it } from 'vitest';
import { http } from './http.js';
import { NULL_TARGETS, outcomeOf, runAgainst } from './http-tests.fixture.js';
import { ops } from './ops.js';
import { trace } from './trace.js';

const books = Object.entries({ ...http, ...trace, ...ops });

it.each(Object.entries(NULL_TARGETS))('a target that answers with %s passes nothing', (_name, answer) => {
  const run = runAgainst(answer);
  expect(books.filter(([, rule]) => outcomeOf(rule, ...run) === 'right').map(([id]) => id)).toEqual([]);
});

it('a run without a scenario shows nothing', () => {
  expect(books.filter(([, rule]) => outcomeOf(rule) !== 'not-observed').map(([id]) => id)).toEqual([]);
});
