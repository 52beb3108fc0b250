/** Grades one member of a fleet in this process; what goes wrong with it becomes part of the result. */
import type { FleetExitCode, FleetMember, Graded } from '../fleet/types.js';
import { readRequirements } from '../spec/read-spec.js';
import { compareWithBaseline, readBaseline } from './baseline-file.js';
import { exitCodeOf } from './emit-reports.js';
import { exitCodes, explainFault } from './exit-codes.js';
import { memberOptions } from './fleet-file.js';

export interface MemberContext {
  /** Where relative paths of the target begin. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True where others are graded in this process at the same time. */
  readonly keepsBusy: boolean;
}

export async function gradeMember(
  member: FleetMember,
  signal: AbortSignal,
  { folder, environment, keepsBusy }: MemberContext,
): Promise<Graded> {
  try {
    const { options, baseline } = memberOptions(member, folder, environment);
    const known = baseline === undefined ? undefined : readBaseline(baseline);
    const { gradeServer } = await import('../run/grade-server.js');
    const { report } = await gradeServer({ ...options, keepsBusy, signal });
    if (signal.aborted) return { report, exitCode: exitCodes.interrupted };
    if (known === undefined) return { report, exitCode: toFleetCode(exitCodeOf(report)) };
    const { holds, notes } = compareWithBaseline(report, known, readRequirements(options.spec));
    const noted = { ...report, notes: [...report.notes, ...notes] };
    return { report: noted, exitCode: holds ? exitCodes.conforms : exitCodes.doesNotConform };
  } catch (fault) {
    const { code, text } = explainFault(fault, false);
    return { problem: text.replace(/^conformance: /, ''), exitCode: toFleetCode(code) };
  }
}

function toFleetCode(code: number): FleetExitCode {
  return fleetCodes.find((known) => known === code) ?? exitCodes.kitError;
}

const fleetCodes = [0, 1, 2, 3, 4, 130] as const satisfies readonly FleetExitCode[];
