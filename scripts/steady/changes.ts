/** Which verdicts differ between two reports. */
import type { Report } from '../../schemas/1.0/types/report.js';

type Row = Report['requirements'][number];

export type Verdicts = ReadonlyMap<string, Row>;

export interface Change {
  readonly id: string;
  readonly before: string;
  readonly after: string;
  /** What was seen, where it is worse now. */
  readonly evidence: string;
}

export function verdictsOf(report: Report): Verdicts {
  return new Map(report.requirements.map((row) => [row.id, row]));
}

export function changesBetween(before: Verdicts, after: Verdicts): readonly Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [old, now] = [before.get(id), after.get(id)];
    if (old?.verdict === now?.verdict) {
      return [];
    }
    const worst = now?.evidence[0] ?? old?.evidence[0];
    const place = worst === undefined ? '' : `${worst.scenario}/${worst.connection ?? ''}: ${worst.actual}`;
    return [
      { id, before: old?.verdict ?? 'none', after: now?.verdict ?? 'none', evidence: place || (now?.reason ?? '') },
    ];
  });
}
