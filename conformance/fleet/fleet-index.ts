/** The index of a fleet: one line for each member, and the exit code of the whole. Pure. */
import type { FleetIndex, FleetTarget } from '../../schemas/1.0/types/fleet-index.js';
import type { Report } from '../../schemas/1.0/types/report.js';
import { withoutUserInfo } from '../evidence/recorder/redact.js';
import { countsAgainst } from '../judge/grade.js';
import type { FleetExitCode, GradedMember } from './types.js';

export interface FleetFacts {
  readonly kit: string;
  readonly spec: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
}

export function indexFleet(graded: readonly GradedMember[], facts: FleetFacts): FleetIndex {
  return {
    schema: 'resilient-sse/fleet-index/1',
    ...facts,
    exitCode: worstOf(graded.map((one) => one.graded.exitCode)),
    targets: graded.map(targetOf),
  };
}

/** The greatest: an interrupted fleet, then a target that nobody reached, say more about the whole than one that fails. */
export function worstOf(codes: readonly FleetExitCode[]): FleetExitCode {
  // An empty fleet has shown nothing.
  return byWeight.findLast((code) => codes.includes(code)) ?? 3;
}

const byWeight = [0, 1, 2, 3, 4, 130] as const satisfies readonly FleetExitCode[];

export function reportFileOf(name: string): string {
  return `${name}.json`;
}

/** The same report for people. */
export function pageFileOf(name: string): string {
  return `${name}.html`;
}

function targetOf({ member, graded }: GradedMember): FleetTarget {
  const { exitCode, worker, report } = graded;
  const target = report?.target ?? withoutUserInfo(member.target.url);
  const common = { name: member.name, target, exitCode, ...(worker === undefined ? {} : { worker }) };
  if (report === undefined) return { ...common, problem: graded.problem };
  const against = report.requirements.filter((row) => wasAsked(report, row) && countsAgainst(row));
  return {
    ...common,
    grade: report.grade,
    level: report.asked.level,
    pass: report.summary.pass,
    failed: against.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id),
    unobserved: against.filter(({ verdict }) => verdict !== 'fail').map(({ id }) => id),
    durationMs: report.durationMs,
    report: reportFileOf(member.name),
  };
}

const ladder: readonly string[] = ['Core', 'Live', 'Resume'];

/** A level above the one that was asked for is nothing against the target. */
function wasAsked({ asked }: Report, { level }: Report['requirements'][number]): boolean {
  return asked.only.length > 0 || (ladder.includes(level) && ladder.indexOf(level) <= ladder.indexOf(asked.level));
}
