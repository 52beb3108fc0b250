/** Grades many members, some at a time, each by itself: what befalls one is nothing to the others. */
import { setMaxListeners } from 'node:events';
import type { FleetMember, GradedMember, GradeMember } from './types.js';

export interface FleetOptions {
  /** How many are graded at the same time. */
  readonly atOnce: number;
  /** Ends the fleet early: those that run are told, those that wait are not begun. */
  readonly signal: AbortSignal;
  readonly onGraded?: (graded: GradedMember) => void;
}

/** In the order of the members, whoever ends first. Rejects with what `grade` rejects with, once all others have ended. */
export async function gradeFleet(
  members: readonly FleetMember[],
  grade: GradeMember,
  { atOnce, signal, onGraded }: FleetOptions,
): Promise<readonly GradedMember[]> {
  // Every run listens.
  setMaxListeners(0, signal);
  const results = new Map<FleetMember, GradedMember>();
  const faults: unknown[] = [];
  const waiting = members.values();
  const next = async (): Promise<void> => {
    // All takers share one iterator, so that each member is taken once.
    for (const member of waiting) {
      if (faults.length > 0) return;
      const result = { member, graded: signal.aborted ? interrupted : await grade(member, signal) };
      results.set(member, result);
      onGraded?.(result);
    }
  };
  const takers = Array.from({ length: Math.min(atOnce, members.length) }, () =>
    next().catch((fault: unknown) => faults.push(fault)),
  );
  await Promise.all(takers);
  if (faults.length > 0) throw faults[0];
  return members.flatMap((member) => results.get(member) ?? []);
}

const interrupted = { problem: 'interrupted before it was begun', exitCode: 130 } as const;
