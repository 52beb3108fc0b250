/** The matrix as text. Pure. */
import { type Requirement, specLevels } from '../../conformance/spec/requirement.js';
import type { TraceRow } from './matrix.js';

/** Counts by level and role, a line each. */
export function formatSummary(rows: readonly TraceRow[]): string {
  const groups = specLevels.flatMap((level) =>
    (['server', 'client'] as const).map((role) => ({
      name: `${level}, ${role}`,
      rows: rows.filter(({ requirement }) => requirement.level === level && requirement.role === role),
    })),
  );
  const table = [
    ['', 'requirements', 'schema', 'code', 'rule', 'twin', 'not testable', 'owed'],
    ...[...groups.filter((group) => group.rows.length > 0), { name: 'all', rows }].map(({ name, rows: some }) => [
      name,
      ...[
        some.length,
        count(some, (row) => row.schema.length > 0),
        count(some, (row) => row.code.length > 0),
        count(some, (row) => row.rule),
        count(some, (row) => row.twins.length > 0),
        count(some, (row) => row.requirement.notTestable !== undefined),
        count(some, (row) => row.owes !== null),
      ].map(String),
    ]),
  ];
  return alignColumns(table);
}

/** A line for each requirement. */
export function formatMatrix(rows: readonly TraceRow[]): string {
  return alignColumns([
    ['id', 'key word', 'level', 'role', 'schema', 'code', 'rule', 'twins'],
    ...rows.map(({ requirement, schema, code, rule, twins, owes }) => [
      requirement.id,
      requirement.keyword,
      requirement.level,
      requirement.role,
      schema.map((file) => file.replace(/^schemas\/1\.0\//, '')).join(' ') || '-',
      code.map((place) => place.replace(/^reference\//, '')).join(' ') || '-',
      rule ? 'yes' : absence(requirement),
      twins.join(' ') || (owes === null ? '-' : `owes a ${owes}`),
    ]),
  ]);
}

function absence({ notTestable, retired }: Requirement): string {
  if (retired !== undefined) return 'retired';
  return notTestable === undefined ? 'no' : 'not testable';
}

function count(rows: readonly TraceRow[], matches: (row: TraceRow) => boolean): number {
  return rows.filter(matches).length;
}

function alignColumns(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
