import { describe, expect, it } from 'vitest';
import { type GradeServerOptions, gradeClient, gradeServer } from './grading.js';
import { KitError } from './kit-error.js';
import { mini } from './run/testing/runs.js';
import type { Progress } from './run/types.js';

const some = { level: 'Core', only: ['HTTP-001', 'END-001'], quick: true } as const;

describe('gradeServer', () => {
  it('tells what happens while it happens, to each reader from the beginning, and gives the result', async () => {
    const { url } = await mini();
    const grading = gradeServer({ target: url, ...some });
    const live: Progress[] = [];
    let isOver = false;
    void grading.then(() => {
      isOver = true;
    });
    for await (const progress of grading) {
      if (live.length === 0) expect(isOver).toBe(false);
      live.push(progress);
    }
    expect(live[0]).toMatchObject({ kind: 'planned' });
    const verdicts = live.flatMap((one) => (one.kind === 'verdict' ? one.requirement.id : []));
    expect(verdicts.sort()).toEqual([...some.only].sort());
    const later: Progress[] = [];
    for await (const progress of grading) later.push(progress);
    expect(later).toEqual(live);
    const { report, transcripts } = await grading;
    expect(report.requirements.map(({ id }) => id).sort()).toEqual(verdicts);
    expect(transcripts.length).toBeGreaterThan(0);
  });

  it.each<[string, GradeServerOptions]>([
    ['no URL', { target: 'reference' }],
    ['a requirement that is none', { target: 'http://127.0.0.1:9/', only: ['NONE-001'] }],
  ])('rejects %s, awaited or iterated', async (_, options) => {
    await expect(gradeServer(options)).rejects.toBeInstanceOf(KitError);
    const iterate = async () => {
      for await (const _progress of gradeServer(options)) expect(_progress).toBeUndefined();
    };
    await expect(iterate()).rejects.toMatchObject({ code: 'usage' });
  });

  it('goes on where a loop is left, and ends with its signal', async () => {
    const { url } = await mini();
    const controller = new AbortController();
    const grading = gradeServer({ target: { url, headers: [['X-Key', 'a']] }, signal: controller.signal });
    for await (const progress of grading) if (progress.kind === 'scenario-started') break;
    controller.abort();
    const { transcripts } = await grading;
    expect(transcripts.some(({ outcome }) => outcome === 'timeout')).toBe(true);
  });
});

describe('gradeClient', () => {
  it('rejects a command that is none', async () => {
    await expect(gradeClient({ client: '' })).rejects.toBeInstanceOf(KitError);
  });
});
