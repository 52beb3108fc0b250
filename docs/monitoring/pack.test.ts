/** The monitoring pack says what the operations chapter says, and its parts fit together. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { findSources } from '../site/sources.js';
import { readExpressions, readRules, recordsIn } from './pack.js';

const alerts = readRules('alert-rules.yml');

/** The alert of each row of the chapter's table. */
const alertOf: Readonly<Record<string, string>> = {
  'completion rate': 'SseCompletionRateLow',
  'message loss': 'SseMessageLoss',
  'reconnect latency': 'SseReconnectSlow',
  'user-visible errors': 'SseUserVisibleErrors',
  stalls: 'SseStalls',
  'duplicate rate': 'SseDuplicates',
};

interface Row {
  readonly name: string;
  readonly condition: string;
  readonly duration: string;
  readonly severity: string;
  readonly response: string;
}

function rowsOfChapter(): readonly Row[] {
  const chapter = readFileSync(packageFile('spec', '1.0', '82-operations.md'), 'utf8');
  const [, section = ''] = /\n## Alerts\n([\s\S]*?)\n## /.exec(chapter) ?? [];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const [, name = '', condition = '', duration = '', severity = '', response = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    return { name, condition, duration, severity, response };
  });
}

describe('the alerts', () => {
  const rows = rowsOfChapter();

  it('are those of the chapter', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(alertOf).sort());
  });

  it.each(rows)('$name: condition, duration, severity and response are those of the chapter', (row) => {
    const alert = alerts.find((candidate) => candidate.alert === alertOf[row.name]);
    const [, direction = '', bound = '', unit = ''] =
      /^(?:mean )?(below|above|more than) ([\d.]+)(?: (s)\b)?/.exec(row.condition) ?? [];
    expect(alert?.expr.split(' ').slice(-2)).toEqual([
      direction === 'below' ? '<' : '>',
      unit === 's' ? String(Number(bound) * 1000) : bound,
    ]);
    expect(alert?.for).toBe(row.duration === '–' ? undefined : row.duration.replace(/ minutes?$/, 'm'));
    expect(alert?.labels?.severity).toBe(row.severity);
    expect(alert?.annotations?.response).toBe(row.response);
  });

  it.each(alerts)(
    '$alert: its runbook is a page of the site, with meaning, first look and mending',
    ({ annotations }) => {
      const source = findSources().find(({ page }) => page === annotations?.runbook_url);
      expect(source?.text.match(/^## .*$/gm)).toEqual(['## Meaning', '## First look', '## Mending']);
    },
  );

  it('have no runbook beside them', () => {
    const runbooks = findSources().filter(({ path }) => path.startsWith('docs/monitoring/runbooks/'));
    expect(runbooks.map(({ page }) => page).sort()).toEqual(
      alerts.map(({ annotations }) => annotations?.runbook_url ?? '').sort(),
    );
  });
});

it('every recorded series that is asked for is recorded', () => {
  const recorded = readRules('recording-rules.yml').map(({ record }) => record);
  const asked = readExpressions().flatMap(({ text }) => recordsIn(text));
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((series) => !recorded.includes(series))).toEqual([]);
});
