/** Reports for the tests of renderers, made from the real index of requirements. */
import type { Report } from '../../../schemas/1.0/types/report.js';
import { evidenceOf } from '../../evidence/fixture.js';
import { assembleReport } from '../../judge/report.js';
import { readRequirements } from '../../spec/read-spec.js';
import type { ReportedRequirement, Verdict } from '../renderer.js';

type Change = Partial<ReportedRequirement>;

/** Every requirement on servers passed, but for what `changes` says of an id. */
export function reportWith(changes: Readonly<Record<string, Change>>, more: Partial<Report> = {}): Report {
  const requirements = readRequirements().filter(({ role }) => role === 'server');
  const plain = assembleReport({
    requirements,
    rules: {},
    evidence: evidenceOf(),
    role: 'server',
    spec: '1.0',
    kit: '0.1.0',
    target: 'http://127.0.0.1:8080/stream/search?query=tides',
    startedAt: '2026-11-21T10:00:00.000Z',
    durationMs: 3912,
    asked: { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [] },
  });
  const results = plain.requirements.map(({ reason: _, ...row }) => ({
    ...row,
    verdict: 'pass' as const,
    sightings: 3,
    ...changes[row.id],
  }));
  const count = (verdict: Verdict) => results.filter((row) => row.verdict === verdict).length;
  const summary = {
    pass: count('pass'),
    fail: count('fail'),
    warn: count('warn'),
    'not-observed': count('not-observed'),
    'not-applicable': count('not-applicable'),
    untestable: count('untestable'),
    inconclusive: count('inconclusive'),
    'kit-error': count('kit-error'),
  };
  return { ...plain, requirements: results, summary, notes: [], ...more };
}
