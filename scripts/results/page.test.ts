import { expect, it } from 'vitest';
import { renderPage } from './page.js';

it('has a row for every report, with the levels of what could apply', () => {
  const row = {
    title: 't',
    role: 'server',
    keyword: 'MUST',
    chapter: 'c',
    sentence: 's',
    sightings: 1,
    evidence: [],
  } as const;
  const page = renderPage([
    {
      name: 'one',
      server: 'one 1.2.3',
      proxy: '',
      report: {
        schema: 'resilient-sse/report/1',
        ...{ kit: '0.1.0', spec: '1.0', role: 'server', target: 'http://target.test/', durationMs: 1 },
        startedAt: '2026-01-01T00:00:00.000Z',
        asked: { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [] },
        ...{ grade: 'F', conforms: false, notes: [] },
        levels: [{ level: 'Core', met: false, requirements: 3, pass: 1 }],
        summary: {
          ...{ pass: 1, fail: 1, warn: 0, 'not-observed': 0, 'not-applicable': 1, untestable: 0 },
          ...{ inconclusive: 0, 'kit-error': 0 },
        },
        requirements: [
          { ...row, evidence: [], id: 'HTTP-001', level: 'Core', verdict: 'pass' },
          { ...row, evidence: [], id: 'HTTP-002', level: 'Core', verdict: 'fail' },
          { ...row, evidence: [], id: 'HTTP-011', level: 'Core', verdict: 'not-applicable' },
        ],
      },
    },
  ]);
  expect(page).toContain('| one 1.2.3 | – | F | 1/2 | 0/0 | 0/0 | 1 | 1 | 0 | 0 | [one.json](one.json) |');
  expect(page).toContain('- **one**: HTTP-002.');
});
