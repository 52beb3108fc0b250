import { expect, it } from 'vitest';
import type { Requirement } from '../../conformance/spec/requirement.js';
import { idsInCode, idsInSchema, type TraceLinks } from './links.js';
import { type Owed, shrinkOwed, traceFaults, traceRows } from './matrix.js';
import { formatMatrix, formatSummary } from './print.js';

const requirement = (id: string, more: Partial<Requirement> = {}): Requirement => ({
  id,
  title: id,
  role: 'server',
  keyword: 'MUST',
  level: 'Core',
  sentence: 'The server MUST answer.',
  chapter: '20-http.md',
  line: 3,
  ...more,
});

const links = (rules: readonly string[], twins: readonly string[]): TraceLinks => ({
  schema: new Map(),
  code: new Map(),
  rule: new Map(rules.map((id) => [id, ['rules']])),
  twin: new Map(twins.map((id) => [id, [`breaks-${id}`]])),
});

function faults(requirements: readonly Requirement[], found: TraceLinks, owed: Owed = {}): string[] {
  return traceFaults(traceRows(requirements, found), found, owed);
}

it('is content with a rule and a twin', () => {
  expect(faults([requirement('HTTP-001')], links(['HTTP-001'], ['HTTP-001']))).toEqual([]);
});

it('misses a rule, and a twin', () => {
  expect(faults([requirement('HTTP-001')], links([], []))).toEqual([expect.stringContaining('no rule')]);
  expect(faults([requirement('HTTP-001')], links(['HTTP-001'], []))).toEqual([
    expect.stringContaining('no faulty twin'),
  ]);
});

it('takes a reason in place of a rule, never an empty one, never both', () => {
  const reason = { notTestable: 'No test sees entropy.' };
  expect(faults([requirement('HTTP-001', reason)], links([], []))).toEqual([]);
  expect(faults([requirement('HTTP-001', { notTestable: '' })], links([], []))).toHaveLength(1);
  expect(faults([requirement('HTTP-001', reason)], links(['HTTP-001'], ['HTTP-001']))).toHaveLength(1);
});

it('wants nothing of a retired requirement, and nothing left of it', () => {
  const retired = { retired: '1.1' };
  expect(faults([requirement('HTTP-001', retired)], links([], []))).toEqual([]);
  expect(faults([requirement('HTTP-001', retired)], links(['HTTP-001'], []))).toHaveLength(1);
});

it('lets an issue owe, and calls the debt in once it is paid', () => {
  const owed = { 'Later issue': ['HTTP-001'] };
  expect(faults([requirement('HTTP-001')], links([], []), owed)).toEqual([]);
  expect(faults([requirement('HTTP-001')], links(['HTTP-001'], []), owed)).toEqual([]);
  const paid = links(['HTTP-001'], ['HTTP-001']);
  expect(faults([requirement('HTTP-001')], paid, owed)).toEqual([expect.stringContaining('owed no more')]);
  expect(shrinkOwed(owed, traceRows([requirement('HTTP-001')], paid))).toEqual({});
});

it('refuses an owed id that is unknown or named twice', () => {
  expect(faults([], links([], []), { 'Later issue': ['HTTP-009'] })).toHaveLength(1);
  const twice = { 'Later issue': ['HTTP-001'], 'Other issue': ['HTTP-001'] };
  expect(faults([requirement('HTTP-001')], links([], []), twice)).toEqual([expect.stringContaining('twice')]);
});

it('refuses a rule, twin, schema or comment of an unknown requirement', () => {
  expect(faults([], links(['HTTP-009'], []))).toEqual([expect.stringContaining('a rule names it')]);
  const code = { ...links([], []), code: new Map([['HTTP-009', ['reference/server/http.ts:3']]]) };
  expect(faults([], code)).toEqual([expect.stringContaining('reference/server/http.ts:3')]);
});

it('finds ids in schemas at any depth and in comments of their own', () => {
  expect(idsInSchema({ properties: { a: { 'x-requirement': ['EVENT-008'] } }, 'x-requirement': 'EVENT-001' })).toEqual([
    'EVENT-008',
    'EVENT-001',
  ]);
  expect(idsInCode('  // REPLAY-003, REPLAY-004: the header wins\n  send();\n  // see REPLAY-005\n')).toEqual([
    ['REPLAY-003', 1],
    ['REPLAY-004', 1],
  ]);
});

it('prints a line for each requirement and a total', () => {
  const rows = traceRows(
    [requirement('HTTP-001'), requirement('HTTP-002', { notTestable: 'No.' })],
    links(['HTTP-001'], []),
  );
  expect(formatMatrix(rows)).toMatch(/^HTTP-001 .* yes .*owes a twin\nHTTP-002 .* not testable/m);
  expect(formatSummary(rows)).toMatch(/^all +2 +0 +0 +1 +0 +1 +1$/m);
});
