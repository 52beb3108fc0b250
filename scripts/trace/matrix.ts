/** The matrix requirement × what carries it out, and where it is torn. Pure. */
import type { Requirement } from '../../conformance/spec/requirement.js';
import type { TraceLinks } from './links.js';

export interface TraceRow {
  readonly requirement: Requirement;
  readonly schema: readonly string[];
  readonly code: readonly string[];
  readonly rule: boolean;
  readonly twins: readonly string[];
  /** What a later issue has yet to bring; null where nothing is missing. */
  readonly owes: 'rule' | 'twin' | null;
}

/** Ids that a later issue brings, by the issue's title. */
export type Owed = Readonly<Record<string, readonly string[]>>;

const owedFile = 'scripts/trace/owed.json';

export function traceRows(requirements: readonly Requirement[], links: TraceLinks): TraceRow[] {
  return requirements.map((requirement) => {
    const { id } = requirement;
    const rule = links.rule.has(id);
    const twins = links.twin.get(id) ?? [];
    const tested = requirement.notTestable === undefined && requirement.retired === undefined;
    const owes = !tested ? null : !rule ? 'rule' : twins.length === 0 ? 'twin' : null;
    return { requirement, schema: links.schema.get(id) ?? [], code: links.code.get(id) ?? [], rule, twins, owes };
  });
}

/** One line a tear: what is missing or too much, and what to do. */
export function traceFaults(rows: readonly TraceRow[], links: TraceLinks, owed: Owed): string[] {
  const byId = new Map(rows.map((row) => [row.requirement.id, row]));
  const owing = Object.values(owed).flat();
  return [
    ...rows.flatMap((row) => rowFaults(row, owing.includes(row.requirement.id))),
    ...owedFaults(byId, owing),
    ...Object.entries(links).flatMap(([kind, found]: [string, TraceLinks['rule']]) =>
      [...found].flatMap(([id, places]) =>
        byId.has(id) ? [] : [`${id}: no such requirement, yet a ${kind} names it (${places.join(', ')})`],
      ),
    ),
  ];
}

function owedFaults(byId: ReadonlyMap<string, TraceRow>, owing: readonly string[]): string[] {
  const paid = owing.filter((id) => byId.get(id)?.owes === null);
  return [
    ...owing.filter((id) => !byId.has(id)).map((id) => `${id} is owed but no requirement: take it off ${owedFile}`),
    ...(paid.length > 0 ? [`owed no more: ${paid.join(', ')}: run "npm run trace -- --shrink"`] : []),
    ...owing.filter((id, index) => owing.indexOf(id) !== index).map((id) => `${id} is owed twice in ${owedFile}`),
  ];
}

function rowFaults({ requirement, rule, twins, owes }: TraceRow, owed: boolean): string[] {
  const { id, notTestable, retired } = requirement;
  if (notTestable === '') return [`${id}: "Not testable:" needs a reason`];
  if (notTestable !== undefined && rule) return [`${id} is said to be not testable and has a rule: drop one`];
  if (retired !== undefined && (rule || twins.length > 0)) return [`${id} is retired and still has a rule or a twin`];
  if (owes === null || owed) return [];
  return [
    owes === 'rule'
      ? `${id} has no rule and no "Not testable:" reason`
      : `${id} has a rule and no faulty twin that breaks it`,
  ];
}

/** The owed list less what is owed no more; issues that owe nothing are left out. */
export function shrinkOwed(owed: Owed, rows: readonly TraceRow[]): Owed {
  const open = new Set(rows.filter((row) => row.owes !== null).map((row) => row.requirement.id));
  return Object.fromEntries(
    Object.entries(owed)
      .map(([issue, ids]) => [issue, ids.filter((id) => open.has(id))] as const)
      .filter(([, ids]) => ids.length > 0),
  );
}
