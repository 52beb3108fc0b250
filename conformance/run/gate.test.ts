import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

describe('the gate', () => {
  it('lets in no more than its width, in order', async () => {
    const gate = new Gate(2);
    const started: number[] = [];
    const leave: (() => void)[] = [];
    for (const number of [1, 2, 3, 4]) {
      gate.enter(
        () => started.push(number),
        () => new Promise<void>((resolve) => leave.push(resolve)),
      );
    }
    expect(started).toEqual([1, 2]);
    leave[0]?.();
    await expect.poll(() => started).toEqual([1, 2, 3]);
  });

  it('is not held by one that gets no answer', async () => {
    const gate = new Gate(1);
    let second = false;
    gate.enter(
      () => undefined,
      () => new Promise(() => undefined),
    );
    gate.enter(
      () => {
        second = true;
      },
      () => Promise.resolve(),
    );
    expect(second).toBe(false);
    await expect.poll(() => second).toBe(true);
  });
});
