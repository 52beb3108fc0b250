/** The work of `conformance fleet`: reads the file, has every server graded, here or by workers, and writes the folder. */
import { dirname, resolve } from 'node:path';
import { indexFleet } from '../fleet/fleet-index.js';
import { gradeFleet } from '../fleet/grade-fleet.js';
import type { FleetMember, GradedMember } from '../fleet/types.js';
import { renderFleetEnd, renderFleetTarget } from '../report/fleet-text.js';
import { kitVersion } from '../run/kit-version.js';
import { exitCodes } from './exit-codes.js';
import { memberOptions, readFleetFile } from './fleet-file.js';
import { prepareFolder } from './fleet-output.js';
import { watchForInterruption } from './interruption.js';
import { factsOf } from './terminal-facts.js';

export interface FleetFlags {
  readonly out: string;
  readonly atOnce: number;
  readonly queue?: string;
}

const spec = '1.0';

/** Resolves with the exit code. Throws `KitError`. */
export async function gradeFleetFile(file: string, flags: FleetFlags): Promise<number> {
  const members = readFleetFile(file);
  const grade = await graderOf(members, dirname(resolve(file)), flags);
  const names = members.map(({ name }) => name);
  const folder = prepareFolder(flags.out, names);
  const startedAt = new Date();
  const started = performance.now();
  const context = { ...factsOf(process.stdout, process.env), verbose: false };
  const facts = () => ({
    kit: kitVersion(),
    spec,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
  });
  const interruption = watchForInterruption();
  process.stderr.write(`${beginningOf(members.length, flags)}\n`);
  try {
    const graded = await grade(interruption.signal, (one) => {
      if (one.graded.report !== undefined) folder.writeReport(one.member.name, one.graded.report);
      const [target] = indexFleet([one], facts()).targets;
      if (target !== undefined) process.stdout.write(renderFleetTarget(target, names, context));
    });
    const index = indexFleet(graded, facts());
    folder.writeIndex(index);
    process.stdout.write(renderFleetEnd(index, folder.page, context));
    return interruption.signal.aborted ? exitCodes.interrupted : index.exitCode;
  } finally {
    interruption.release();
  }
}

/** What happens for a while before the first line of the result. */
function beginningOf(count: number, { atOnce, queue }: FleetFlags): string {
  const servers = count === 1 ? '1 server' : `${count} servers`;
  if (queue !== undefined) return `${servers} for the workers; each lasts about as long as its cap`;
  return `${servers}, ${Math.min(count, atOnce)} at the same time; each lasts about as long as its cap`;
}

type Grader = (signal: AbortSignal, onGraded: (one: GradedMember) => void) => Promise<readonly GradedMember[]>;

/** What is wrong with any member is found here, before the first request. */
async function graderOf(members: readonly FleetMember[], folder: string, flags: FleetFlags): Promise<Grader> {
  if (flags.queue !== undefined) return graderOnQueue(members, flags.queue);
  const { atOnce } = flags;
  for (const member of members) memberOptions(member, folder, process.env);
  const { gradeMember } = await import('./grade-member.js');
  const context = { folder, environment: process.env, keepsBusy: Math.min(atOnce, members.length) > 1 };
  return (signal, onGraded) =>
    gradeFleet(members, (member) => gradeMember(member, signal, context), { atOnce, signal, onGraded });
}

/** Values of headers are left as they are: they are filled in where the work is done. */
async function graderOnQueue(members: readonly FleetMember[], queue: string): Promise<Grader> {
  const { gradeFleetOnQueue, refuseWhatCannotTravel } = await import('../queue/fleet-on-queue.js');
  const { readQueueAddress } = await import('../queue/redis.js');
  const { Dispatcher } = await import('../queue/submit.js');
  const address = readQueueAddress(queue, process.env);
  for (const member of members) {
    refuseWhatCannotTravel(member);
    const { headers: _, otherHeaders: __, ...target } = member.target;
    memberOptions({ ...member, target }, '.', {});
  }
  const dispatcher = await Dispatcher.open(address);
  return (signal, onGraded) =>
    gradeFleetOnQueue(dispatcher, members, { signal, onGraded }).finally(() => dispatcher.close());
}
