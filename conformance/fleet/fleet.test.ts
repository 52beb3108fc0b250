/** Many members at a time, each for itself; the index says what became of each. */
import { describe, expect, it } from 'vitest';
import { hostileReport } from '../report/testing/hostile.js';
import { indexFleet, worstOf } from './fleet-index.js';
import { gradeFleet } from './grade-fleet.js';
import type { FleetMember, Graded } from './types.js';

const members: readonly FleetMember[] = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  name,
  target: { url: `http://user:secret@127.0.0.1/${name}` },
}));
const failed: Graded = { problem: 'gone', exitCode: 4 };
const never = new AbortController().signal;

describe('a fleet', () => {
  it('is graded so many at a time, and told in the order of the file', async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const grade = async ({ name }: FleetMember): Promise<Graded> => {
      running += 1;
      most = Math.max(most, running);
      // The first one needs longest.
      for (let turn = name === 'a' ? 20 : 1; turn > 0; turn -= 1) await Promise.resolve();
      running -= 1;
      return failed;
    };
    const graded = await gradeFleet(members, grade, {
      atOnce: 2,
      signal: never,
      onGraded: ({ member }) => order.push(member.name),
    });
    expect(most).toBe(2);
    expect(order.at(-1)).toBe('a');
    expect(graded.map(({ member }) => member.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('begins nobody after an interruption, and says so', async () => {
    const stop = new AbortController();
    const grade = async (): Promise<Graded> => {
      stop.abort();
      return failed;
    };
    const graded = await gradeFleet(members, grade, { atOnce: 1, signal: stop.signal });
    expect(graded.map((one) => one.graded.exitCode)).toEqual([4, 130, 130, 130, 130]);
  });

  it('ends with what is wrong with the whole', async () => {
    const grade = (): Promise<Graded> => Promise.reject(new Error('no queue'));
    await expect(gradeFleet(members, grade, { atOnce: 2, signal: never })).rejects.toThrow('no queue');
  });
});

describe('the index', () => {
  const facts = { kit: '0.1.0', spec: '1.0', startedAt: '2026-11-21T14:00:00.000Z', durationMs: 1 };

  it('names what counts against the level that was asked for, and nothing above it', () => {
    const [member = { name: '', target: { url: '' } }] = members;
    const of = (level: 'Core' | 'Resume') => {
      const report = { ...hostileReport, asked: { ...hostileReport.asked, level, only: [] } };
      return indexFleet([{ member, graded: { report, exitCode: 1 } }], facts).targets[0];
    };
    expect(of('Resume')?.failed).toContain('HEARTBEAT-001');
    expect(of('Core')?.failed).not.toContain('HEARTBEAT-001');
  });

  it('shows no user information of a URL', () => {
    const index = indexFleet(
      members.map((member) => ({ member, graded: failed })),
      facts,
    );
    expect(JSON.stringify(index)).not.toContain('secret');
    expect(index.exitCode).toBe(4);
  });

  it('has the greatest of the exit codes, and never 0 for nobody', () => {
    expect(worstOf([0, 1, 0])).toBe(1);
    expect(worstOf([0, 4, 3, 1])).toBe(4);
    expect(worstOf([0, 130, 4])).toBe(130);
    expect(worstOf([0, 0])).toBe(0);
    expect(worstOf([])).toBe(3);
  });
});
