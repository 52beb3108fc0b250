/** What a fleet is made of: members with names, and what became of each. */
import type { FleetTarget } from '../../schemas/1.0/types/fleet-index.js';
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Target } from '../../schemas/1.0/types/target.js';

export interface FleetMember {
  /** Also the name of its files. */
  readonly name: string;
  readonly target: Target;
}

export type FleetExitCode = FleetTarget['exitCode'];

/** What became of a member: a report, or why there is none. */
export type Graded = (
  | { readonly report: Report; readonly problem?: never }
  | { readonly problem: string; readonly report?: never }
) & {
  readonly exitCode: FleetExitCode;
  /** Who graded it, where that was another process. */
  readonly worker?: string;
};

export interface GradedMember {
  readonly member: FleetMember;
  readonly graded: Graded;
}

/** Grades one member; what can be wrong with it is part of what it resolves with. Rejects with faults of the whole alone. */
export type GradeMember = (member: FleetMember, signal: AbortSignal) => Promise<Graded>;
