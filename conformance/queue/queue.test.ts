/** What of the queue needs no Redis: addresses, answers, and what may not go through it. */
import { describe, expect, it } from 'vitest';
import { readMember, refuseWhatCannotTravel } from './fleet-on-queue.js';
import { readAnswer, readProgress, readQueuedJob } from './jobs.js';
import { readQueueAddress } from './redis.js';

const url = 'http://127.0.0.1:3000/stream';

describe('the address of a queue', () => {
  it.each([
    ['redis://queue.internal', 'redis://queue.internal:6379'],
    ['rediss://me:secret@queue.internal:7000/2?x=1', 'rediss://queue.internal:7000'],
    ['$QUEUE', 'redis://127.0.0.1:6380'],
    [`$\{QUEUE}`, 'redis://127.0.0.1:6380'],
  ])('%s is shown without secrets', (given, shown) => {
    expect(readQueueAddress(given, { QUEUE: 'redis://:secret@127.0.0.1:6380' }).shown).toBe(shown);
  });

  it.each(['', 'queue', 'http://:secret@host', 'redis://', '$NONE', 'secret'])(
    'is refused without being repeated: %s',
    (given) => {
      const read = (): unknown => readQueueAddress(given, {});
      expect(read).toThrow(/^--queue: /);
      expect(read).not.toThrow(/secret/);
    },
  );
});

describe('what comes out of the queue', () => {
  it.each([undefined, null, 7, 'text', [], {}, { worker: 7 }])('%j is no answer, no progress and no job', (value) => {
    expect([readAnswer(value), readProgress(value), readQueuedJob(value)]).toEqual([undefined, undefined, undefined]);
  });

  it('keeps a fault by its code, and takes an unknown code for a fault of the kit', () => {
    expect(readAnswer({ worker: 'a', fault: { code: 'unreachable', message: 'no host' } })).toEqual({
      worker: 'a',
      fault: { code: 'unreachable', message: 'no host' },
    });
    expect(readAnswer({ worker: 'a', after: 'b', fault: { code: 'x' } })).toMatchObject({
      after: 'b',
      fault: { code: 'kit' },
    });
  });
});

describe('a target on its way to a worker', () => {
  it('takes names of variables with it', () => {
    const target = { url, headers: { Authorization: '$TOKEN' } };
    expect(readMember({ name: 'a', target })).toEqual({ name: 'a', target });
  });

  it.each([
    [{ url, commands: { shutdown: 'kill 1' } }, 'a command'],
    [{ url, occasions: { shutdown: 'http://127.0.0.1/; kill 1' } }, 'a command'],
    [{ url, connect: { ca: '/etc/passwd' } }, 'a file'],
    [{ url, connect: { socketPath: '/run/docker.sock' } }, 'a file'],
    [{ url, baseline: '/etc/passwd' }, 'a baseline'],
    [{ url, headers: { Authorization: ' @/etc/passwd' } }, 'a header that is read from a file'],
    [{ url, otherHeaders: { Authorization: '@/etc/passwd' } }, 'a header that is read from a file'],
  ])('is refused where it names what the worker has: %j', (target, what) => {
    expect(() => refuseWhatCannotTravel({ name: 'a', target })).toThrow(
      `target "a": ${what} cannot go through a queue`,
    );
    expect(() => readMember({ name: 'a', target })).toThrow(what);
  });

  it.each([undefined, {}, { name: 'a' }, { name: 'a', target: {} }, { name: 7, target: { url } }])(
    'is refused where it is none: %j',
    (task) => {
      expect(() => readMember(task)).toThrow(/kit\/target/);
    },
  );
});
