import { describe, expect, it } from 'vitest';
import { renderGithub } from './github.js';
import { reportWith } from './testing/fixture.js';
import { context, hostileReport } from './testing/hostile.js';

const lines = renderGithub(hostileReport, context).trimEnd().split('\n');

describe('the annotations', () => {
  it('are commands of the kit alone, whatever the target sent', () => {
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning|notice) title=[^:,]+::/);
      expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    }
    expect(lines.join('\n')).toContain('owned%250A');
  });

  it('are errors for failures, warnings for what is in doubt, and one notice', () => {
    expect(lines.map((line) => /^::(\w+) title=(\S+)/.exec(line)?.slice(1).join(' '))).toEqual([
      'error HEARTBEAT-001',
      'error CAP-001',
      'warning HTTP-010',
      'warning ID-002',
      'warning END-005',
      'warning TRACE-003',
      'notice Resilient',
    ]);
    expect(lines[0]).toContain('%0Aexpected: a heartbeat within 1000 ms%0Aactual: nothing');
  });

  it('are at most ten of a kind, the last of which names the rest', () => {
    const all = reportWith({}).requirements.slice(0, 30);
    const fails = reportWith(Object.fromEntries(all.map(({ id }) => [id, { verdict: 'fail' as const }])));
    const errors = renderGithub(fails, context).match(/^::error .*$/gm) ?? [];
    expect(errors).toHaveLength(10);
    expect(errors[9]).toContain(`title=21 more::${all[9]?.id}`);
  });
});
