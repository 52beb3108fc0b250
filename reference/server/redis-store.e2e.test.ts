/** The store in Redis: the contract on a real server, and what happens when it is not there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/testing/free-port.js';
import { needs } from '../../scripts/testing/needs.js';
import { RedisServer } from '../../scripts/testing/redis-server.js';
import { RedisStore, type RedisStoreOptions } from './redis-store.js';
import { describeStore, recordOf } from './testing/store-contract.js';

const need = needs('redis-server');

describe.skipIf(!need.met)(need.met ? 'with redis-server' : need.skip, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.remove());
  const open = (options: Partial<RedisStoreOptions> = {}): Promise<RedisStore> =>
    RedisStore.connect({ url: redis.url, ...options });

  describeStore('RedisStore', open, { shared: true });

  describe('RedisStore', () => {
    it('knows a stream whose writer no longer renews it', async () => {
      const store = await open({ lease: 0.3 });
      await store.create('lease', recordOf('lease'));
      expect(await store.isAbandoned('lease')).toBe(false);
      await expect.poll(() => store.isAbandoned('lease'), { timeout: 5000 }).toBe(true);
      await store.renew('lease');
      expect(await store.isAbandoned('lease')).toBe(false);
      await store.end('lease', { id: 1, type: 'complete', data: '{}' });
      await expect.poll(() => store.isAbandoned('lease')).toBe(false);
      expect(await store.isAbandoned('unknown')).toBe(false);
      await store.close();
    });

    it('lets every key expire', async () => {
      const store = await open({ prefix: 'expiring:', retention: 0.05, lease: 0.05, patience: 0.05 });
      await store.create('never ended', { ...recordOf('a'), maxSeconds: 0.05 });
      await store.append('never ended', { id: 1, type: 'content_chunk', data: '{}' });
      await store.create('ended', recordOf('b'));
      await store.end('ended', { id: 1, type: 'complete', data: '{}' });
      for (const key of ['never ended', 'ended']) {
        await expect.poll(() => store.find(key), { timeout: 5000 }).toBeUndefined();
        expect(await store.readAfter(key, 0, 10)).toEqual([]);
      }
      await store.close();
    });

    it('waits for a Redis that restarts, takes each event once, and tells readers to look again', async () => {
      const [writer, reader] = [await open(), await open()];
      await writer.create('restart', recordOf('restart'));
      const heard: (number | undefined)[] = [];
      await reader.subscribe('restart', (event) => heard.push(event?.id));
      const append = (id: number): Promise<boolean> =>
        writer.append('restart', { id, type: 'content_chunk', data: `{"id":${id}}` });
      expect(await append(1)).toBe(true);
      await expect.poll(() => heard).toEqual([1]);
      await redis.kill();
      await expect(reader.find('restart')).rejects.toThrow();
      const second = append(2);
      await redis.start();
      expect(await second).toBe(true);
      expect(await append(3)).toBe(true);
      await expect.poll(() => heard.includes(undefined)).toBe(true);
      expect((await reader.readAfter('restart', 0, 10)).map(({ id }) => id)).toEqual([1, 2, 3]);
      expect(await append(3)).toBe(false);
      await Promise.all([writer.close(), reader.close()]);
    });

    it('says so of a Redis that is there and does not answer', async () => {
      const store = await open();
      redis.signal('SIGSTOP');
      await expect(store.find('frozen')).rejects.toThrow('Redis did not answer within 5 s');
      redis.signal('SIGCONT');
      await expect.poll(() => store.find('frozen'), { timeout: 5000 }).toBeUndefined();
      await store.close();
    });

    it('gives a write up when its patience is at an end', async () => {
      const store = await open({ patience: 0.2 });
      await store.create('gone', recordOf('gone'));
      await redis.kill();
      await expect(store.append('gone', { id: 1, type: 'content_chunk', data: '{}' })).rejects.toThrow();
      await store.close();
      await redis.start();
    });
  });
});

describe('RedisStore', () => {
  it('says in a line that nobody answers, without the password', async () => {
    const url = `redis://user:secret@127.0.0.1:${await findFreePort()}`;
    const error: unknown = await RedisStore.connect({ url }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/^ConfigurationError: Redis at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/);
    expect(String(error)).not.toContain('secret');
    await expect(RedisStore.connect({ url: 'http://127.0.0.1' })).rejects.toThrow('must be like redis://');
  });
});
