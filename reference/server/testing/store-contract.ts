/** What every store owes its callers, whatever it is made of. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamStore } from '../store.js';
import { isTerminal, type StoredEvent, type StreamRecord } from '../types.js';

let keys = 0;
const freshKey = (): string => `p/${process.pid}-${Date.now()}-${++keys}`;

export const recordOf = (streamId: string): StreamRecord => ({
  streamId,
  traceId: 'trace',
  createdAtMs: 1_700_000_000_000.25,
  maxSeconds: 60,
  parameters: 'query=tides&lang=ü',
  bodyDigest: '',
});

const chunk = (id: number, writer = 0): StoredEvent => ({
  id,
  type: 'content_chunk',
  data: `{"content":"ü\\n${id}","writer":${writer}}`,
});
const terminal = (id: number, writer = 0): StoredEvent => ({ id, type: 'complete', data: `{"writer":${writer}}` });
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** One after the other, so that each append finds its id free. */
async function fill(store: StreamStore, key: string, count: number): Promise<void> {
  for (const id of range(count)) expect(await store.append(key, chunk(id))).toBe(true);
}

/** `open` makes a view of the store; two views of it share their streams, where `shared` says so. */
export function describeStore(
  name: string,
  open: (options?: { maxBytesPerStream?: number; retention?: number }) => Promise<StreamStore>,
  { shared }: { readonly shared: boolean },
): void {
  describe(name, () => {
    let store: StreamStore;
    let other: StreamStore;
    beforeAll(async () => {
      store = await open();
      other = shared ? await open() : store;
    });
    afterAll(async () => {
      await store.close();
      if (shared) await other.close();
    });

    it('creates a stream once', async () => {
      const key = freshKey();
      expect(await store.find(key)).toBeUndefined();
      const results = await Promise.all([store.create(key, recordOf('a')), other.create(key, recordOf('b'))]);
      expect(results.map(({ created }) => created).sort()).toEqual([false, true]);
      const [first, second] = results;
      expect(first.state.record).toEqual(second.state.record);
      expect(await other.find(key)).toMatchObject({
        record: first.state.record,
        headId: 0,
        earliestId: 1,
        ended: false,
      });
    });

    it('takes the next event alone, and none after the end', async () => {
      const key = freshKey();
      expect(await store.append(key, chunk(1))).toBe(false);
      await store.create(key, recordOf('a'));
      expect(await store.append(key, chunk(2))).toBe(false);
      expect(await store.append(key, chunk(1))).toBe(true);
      expect(await other.append(key, chunk(1))).toBe(false);
      expect(await other.append(key, chunk(2))).toBe(true);
      expect(await store.end(key, terminal(2))).toBe(false);
      expect(await store.end(key, terminal(3))).toBe(true);
      expect(await other.end(key, terminal(4))).toBe(false);
      expect(await store.append(key, chunk(4))).toBe(false);
      expect(await other.find(key)).toMatchObject({ headId: 3, earliestId: 1, ended: true });
    });

    it('gives back every event as it was, in pages', async () => {
      const key = freshKey();
      await store.create(key, recordOf('a'));
      await fill(store, key, 250);
      expect(await other.readAfter(key, 0, 100)).toEqual(range(100).map((id) => chunk(id)));
      expect(await store.readAfter(key, 240, 100)).toEqual(range(10).map((n) => chunk(240 + n)));
      expect(await store.readAfter(key, 250, 100)).toEqual([]);
      expect(await store.readAfter(freshKey(), 0, 100)).toEqual([]);
    });

    it('tells subscribers of every event, until they have enough', async () => {
      const key = freshKey();
      await store.create(key, recordOf('a'));
      const seen: StoredEvent[] = [];
      const unsubscribe = await other.subscribe(key, (event) => event && seen.push(event));
      const late: StoredEvent[] = [];
      await fill(store, key, 3);
      await expect.poll(() => seen.length).toBe(3);
      const unsubscribeLate = await store.subscribe(key, (event) => event && late.push(event));
      unsubscribe();
      await store.end(key, terminal(4));
      await expect.poll(() => late).toEqual([terminal(4)]);
      expect(seen).toEqual(range(3).map((id) => chunk(id)));
      unsubscribeLate();
    });

    it('evicts the oldest events where their bytes are bounded, never the newest', async () => {
      const small = await open({ maxBytesPerStream: 2000 });
      const key = freshKey();
      await small.create(key, recordOf('a'));
      await fill(small, key, 100);
      const state = await small.find(key);
      expect(state?.headId).toBe(100);
      expect(state?.earliestId).toBeGreaterThan(50);
      const kept = await small.readAfter(key, 0, 1000);
      expect(kept.map(({ id }) => id)).toEqual(
        range(100).filter((id) => id >= (state?.earliestId ?? Number.POSITIVE_INFINITY)),
      );
      await small.append(key, { ...chunk(101), data: JSON.stringify({ content: 'x'.repeat(5000) }) });
      expect((await small.readAfter(key, 0, 1000)).map(({ id }) => id)).toEqual([101]);
      expect(await small.find(key)).toMatchObject({ headId: 101, earliestId: 101 });
      await small.close();
    });

    it('forgets a stream when its time of retention is over, and when told to', async () => {
      const brief = await open({ retention: 0.1 });
      const [running, ended, told] = [freshKey(), freshKey(), freshKey()];
      for (const key of [running, ended, told]) await brief.create(key, recordOf('a'));
      await brief.end(ended, terminal(1));
      expect(await brief.find(ended)).toMatchObject({ ended: true });
      await brief.expire(told);
      await expect.poll(() => brief.find(ended), { timeout: 5000 }).toBeUndefined();
      expect(await brief.find(told)).toBeUndefined();
      expect(await brief.find(running)).toBeDefined();
      expect((await brief.create(ended, recordOf('b'))).created).toBe(true);
      await brief.close();
    });

    it('forgets a stream whole, whoever is at it', async () => {
      const counts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
      const property = fc.asyncProperty(fc.scheduler(), counts, async (s, given) => {
        const play = new Play([store, other], freshKey(), s);
        await store.create(play.key, recordOf('a'));
        const writing = given.map((count, writer) => play.write(count, writer));
        const reading = [play.read(0), play.read(1)];
        await s.waitFor(Promise.all([...writing, ...reading, play.expire()]));
        // An append that was on its way when the stream went must not bring half of it back.
        expect(await other.find(play.key)).toBeUndefined();
        expect(await store.readAfter(play.key, 0, 1000)).toEqual([]);
        const accepted = play.accepted.sort((a, b) => a.id - b.id);
        expect(accepted.map(({ id }) => id)).toEqual(range(accepted.length));
        for (const seen of await Promise.all(reading)) {
          for (const event of seen()) expect(accepted).toContainEqual(event);
        }
      });
      await fc.assert(property, { numRuns: shared ? 40 : 200 });
    });

    it('keeps every promise however writers, readers and enders come in between each other', async () => {
      const writers = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 });
      const property = fc.asyncProperty(
        fc.scheduler(),
        writers,
        fc.integer({ min: 1, max: 3 }),
        async (s, counts, readers) => {
          const play = new Play([store, other], freshKey(), s);
          await store.create(play.key, recordOf('a'));
          const writing = counts.map((count, writer) => play.write(count, writer));
          const reading = Array.from({ length: readers }, (_, reader) => play.read(reader));
          await s.waitFor(Promise.all([...writing, ...reading]));
          const stored = await store.readAfter(play.key, 0, 1000);
          expect(stored.map(({ id }) => id)).toEqual(range(stored.length));
          expect(stored.map(isTerminal)).toEqual(stored.map((_, index) => index === stored.length - 1));
          expect(play.accepted.sort((a, b) => a.id - b.id)).toEqual(stored);
          for (const seen of await Promise.all(reading)) await expect.poll(seen, { interval: 2 }).toEqual(stored);
          await store.expire(play.key);
        },
      );
      await fc.assert(property, { numRuns: shared ? 40 : 200 });
    });
  });
}

/** Writers and readers of one stream; the scheduler decides whose turn it is before each of their calls. */
class Play {
  readonly accepted: StoredEvent[] = [];
  constructor(
    private readonly views: readonly [StreamStore, StreamStore],
    readonly key: string,
    private readonly scheduler: fc.Scheduler,
  ) {}

  /** Appends as often as told, loses some races, and ends the stream if it is there and nobody has. */
  async write(count: number, writer: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) await this.#try(writer, false);
    for (;;) {
      const state = await this.#turn(() => this.views[0].find(this.key));
      if (!state || state.ended) return;
      await this.#try(writer, true);
    }
  }

  async #try(writer: number, last: boolean): Promise<void> {
    const view = this.#viewOf(writer);
    const id = ((await this.#turn(() => view.find(this.key)))?.headId ?? 0) + 1;
    const event = last ? terminal(id, writer) : chunk(id, writer);
    const taken = await this.#turn(() => (last ? view.end(this.key, event) : view.append(this.key, event)));
    if (taken) this.accepted.push(event);
  }

  /** What a reader that subscribes first and reads then has seen so far, in order of id. */
  async read(reader: number): Promise<() => StoredEvent[]> {
    const view = this.#viewOf(reader);
    const seen = new Map<number, StoredEvent>();
    await this.#turn(() => view.subscribe(this.key, (event) => event && seen.set(event.id, event)));
    for (const event of await this.#turn(() => view.readAfter(this.key, 0, 1000))) seen.set(event.id, event);
    return () => [...seen.values()].sort((a, b) => a.id - b.id);
  }

  async expire(): Promise<void> {
    await this.#turn(() => this.views[1].expire(this.key));
  }

  #viewOf(actor: number): StreamStore {
    return this.views[actor % 2 === 0 ? 0 : 1];
  }

  async #turn<T>(act: () => T | Promise<T>): Promise<T> {
    await this.scheduler.schedule(Promise.resolve());
    return act();
  }
}
