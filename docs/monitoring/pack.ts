/** Reads the monitoring pack for its tests: rules, alerts, expressions, and the metrics and labels that they name. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { packageFile } from '../../schemas/1.0/package-root.js';

export interface Rule {
  /** Of recording rules. */
  readonly record?: string;
  /** Of alerts. */
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Expression {
  /** Where it stands, for messages. */
  readonly where: string;
  readonly text: string;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

export function packFile(name: string): string {
  return packageFile('docs', 'monitoring', name);
}

export function readRules(name: 'alert-rules.yml' | 'recording-rules.yml'): readonly Rule[] {
  const file: RuleFile = parse(readFileSync(packFile(name), 'utf8'));
  return file.groups.flatMap(({ rules }) => rules);
}

/** All of rules and dashboard; Grafana's own variables are filled in, so that Prometheus can parse them. */
export function readExpressions(): readonly Expression[] {
  const rules = [...readRules('recording-rules.yml'), ...readRules('alert-rules.yml')];
  const dashboard: Dashboard = JSON.parse(readFileSync(packFile('dashboard.json'), 'utf8'));
  const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `panel "${title}"`, text: fillIn(expr) })),
  );
  return [...rules.map(({ record, alert = record ?? '', expr }) => ({ where: alert, text: expr })), ...panels];
}

function fillIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(?:clients|servers)/g, '.*');
}

/** Metrics by their base names: without what a histogram appends. */
export function metricsIn(expression: string): readonly string[] {
  const names = expression.match(/(?<![:\w])sse_\w+(?![:\w])/g) ?? [];
  return names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

/** Series that a recording rule makes. */
export function recordsIn(expression: string): readonly string[] {
  return expression.match(/\bjob:\w+:\w+/g) ?? [];
}

/** Labels that it selects or groups by, but for those that Prometheus itself adds to what it scrapes. */
export function labelsIn(expression: string): readonly string[] {
  const selected = Array.from(expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g), ([, label = '']) => label);
  const grouped = Array.from(expression.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g), ([, list = '']) =>
    list.split(','),
  );
  return [...selected, ...grouped.flat().map((label) => label.trim())].filter(
    (label) => !['job', 'instance', ''].includes(label),
  );
}
