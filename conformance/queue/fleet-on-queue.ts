/** The members of a fleet, graded by workers. */

import { isRecord } from '../../schemas/1.0/documents.js';
import type { Target } from '../../schemas/1.0/types/target.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import type { FleetExitCode, FleetMember, Graded, GradedMember } from '../fleet/types.js';
import { KitError } from '../kit-error.js';
import type { JobEnd } from './jobs.js';
import type { Dispatching } from './submit.js';

export interface QueuedFleetOptions {
  readonly signal: AbortSignal;
  readonly patienceMs?: number;
  /** Which worker has a member, as soon as one has. */
  readonly onTaken?: (member: number, worker: string) => void;
  readonly onGraded?: (graded: GradedMember) => void;
}

/** In the order of the members. Throws `KitError` (`kit`) where the queue is lost or has no worker. */
export async function gradeFleetOnQueue(
  dispatcher: Dispatching,
  members: readonly FleetMember[],
  { signal, onGraded, onTaken, ...patience }: QueuedFleetOptions,
): Promise<readonly GradedMember[]> {
  await dispatcher.workers();
  const graded = new Map<number, GradedMember>();
  await dispatcher.run(
    members.map((task) => ({ kind: 'fleet-target', task })),
    {
      signal,
      ...patience,
      together: false,
      onProgress: (index, { worker }) => onTaken?.(index, worker),
      onEnd: (index, end) => {
        const member = members[index];
        if (member === undefined) return;
        const one = { member, graded: gradedOf(end, signal) };
        graded.set(index, one);
        onGraded?.(one);
      },
    },
  );
  return members.flatMap((_, index) => graded.get(index) ?? []);
}

function gradedOf(end: JobEnd, signal: AbortSignal): Graded {
  if (end.state === 'lost') return { problem: end.why, exitCode: signal.aborted ? 130 : 3 };
  const { worker, fault, value } = end.answer;
  if (fault !== undefined) return { worker, problem: fault.message, exitCode: faultCodes[fault.code] };
  if (isRecord(value)) {
    const exitCode = codes.find((known) => known === value.exitCode);
    if (exitCode !== undefined && isOfSchema('report', value.report)) return { worker, exitCode, report: value.report };
    if (exitCode !== undefined && typeof value.problem === 'string')
      return { worker, exitCode, problem: value.problem };
  }
  return { worker, problem: `${worker} sent what is no report; is it of the same version?`, exitCode: 3 };
}

const codes = [0, 1, 2, 3, 4, 130] as const satisfies readonly FleetExitCode[];
const faultCodes = { usage: 2, kit: 3, unreachable: 4 } as const;

/** A member as a worker gets it. Throws `KitError` (`usage`). */
export function readMember(task: unknown): FleetMember {
  if (!isRecord(task) || typeof task.name !== 'string' || !isOfSchema('target', task.target)) {
    throw new KitError('usage', 'expected a target of the schema kit/target');
  }
  const member = { name: task.name, target: task.target };
  refuseWhatCannotTravel(member);
  return member;
}

/**
 * Whoever can write to the queue must not read a worker's files or run its commands; and a path means nothing on another
 * machine. Throws `KitError` (`usage`).
 */
export function refuseWhatCannotTravel({ name, target }: FleetMember): void {
  const found = whatCannotTravel(target);
  if (found !== undefined) {
    throw new KitError('usage', `target "${name}": ${found} cannot go through a queue; grade it without --queue`);
  }
}

function whatCannotTravel({ headers = {}, otherHeaders = {}, ...target }: Target): string | undefined {
  const { commands, occasions, connect = {}, baseline } = target;
  if (commands?.shutdown !== undefined || occasions?.shutdown !== undefined) return 'a command';
  if (baseline !== undefined) return 'a baseline';
  const files = [connect.ca, connect.certificate, connect.key, connect.socketPath].filter((path) => path !== undefined);
  if (files.length > 0) return 'a file';
  const values = [...Object.values(headers), ...Object.values(otherHeaders)];
  return values.some((value) => value.trim().startsWith('@')) ? 'a header that is read from a file' : undefined;
}
