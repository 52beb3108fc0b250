import { expect, it } from 'vitest';
import type { Report } from '../../schemas/1.0/types/report.js';
import { renderClientPage } from './clients-page.js';

const row = {
  role: 'client',
  keyword: 'MUST',
  level: 'Core',
  chapter: '60-end.md',
  sentence: 's',
  sightings: 1,
  evidence: [],
} as const;

const report: Report = {
  schema: 'resilient-sse/report/1',
  ...{ kit: '0.1.0', spec: '1.0', role: 'client', target: 'node client.js', durationMs: 1 },
  startedAt: '2026-01-01T00:00:00.000Z',
  asked: { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [] },
  ...{ grade: 'F', conforms: false, notes: [] },
  levels: [{ level: 'Core', met: false, requirements: 3, pass: 1 }],
  summary: {
    ...{ pass: 1, fail: 2, warn: 0, 'not-observed': 4, 'not-applicable': 0, untestable: 0 },
    ...{ inconclusive: 0, 'kit-error': 0 },
  },
  requirements: [
    { ...row, evidence: [], id: 'END-007', title: 'One', verdict: 'fail' },
    { ...row, evidence: [], id: 'END-008', title: 'Two', verdict: 'pass' },
    { ...row, evidence: [], id: 'END-009', title: 'Three', verdict: 'fail' },
  ],
};

it('has a row for every report, and one for every kind of failure', () => {
  const graded = [
    { name: 'a', client: 'a 1.2.3', report },
    { name: 'b', client: 'b 1', report },
  ];
  const { page, unexplained } = renderClientPage(graded, { 'END-007': 'It stops.', 'END-001': 'Long gone.' });
  expect(page).toContain('| a 1.2.3 | F | 1/3 | 0/0 | 0/0 | 1 | 2 | 0 | 4 | [a.json](a.json) |');
  expect(page).toContain('| [END-007](../../../spec/1.0/60-end.md#end-007) One | a, b | It stops. |');
  expect(unexplained).toEqual(['END-009', 'END-001']);
});
