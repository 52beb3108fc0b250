import { expect, test } from 'vitest';
import { StartGate } from './start-gate.js';

function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test('so many start at a time, and the next one when one has started or ended', async () => {
  const gate = new StartGate(2);
  const log: number[] = [];
  const starts = [0, 1, 2, 3].map(() => ({ started: deferred(), result: deferred() }));
  const entered = starts.map(({ started, result }, index) =>
    gate.enter(() => {
      log.push(index);
      return { started: started.promise, result: result.promise };
    }),
  );
  await expect.poll(() => log).toEqual([0, 1]);
  starts[1]?.started.resolve();
  await expect.poll(() => log).toEqual([0, 1, 2]);
  starts[0]?.result.resolve();
  await expect.poll(() => log).toEqual([0, 1, 2, 3]);
  for (const { result } of starts) {
    result.resolve();
  }
  await Promise.all(entered);
});

test('a start that fails makes room, and its failure is passed on', async () => {
  const gate = new StartGate(1);
  const never = new Promise<never>(() => undefined);
  const failing = gate.enter(() => ({ started: never, result: Promise.reject(new Error('no client')) }));
  await expect(failing).rejects.toThrow('no client');
  expect(await gate.enter(() => ({ started: never, result: Promise.resolve(1) }))).toBe(1);
});
