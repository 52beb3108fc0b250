/** The store in memory: the contract, and its bound on all streams together. */
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { describeStore, recordOf } from './testing/store-contract.js';

describeStore('MemoryStore', async (options) => new MemoryStore(options), { shared: false });

describe('MemoryStore', () => {
  it('takes the events of the oldest streams when all together exceed the bound', () => {
    const store = new MemoryStore({ maxBytes: 10_000 });
    const data = 'x'.repeat(936);
    for (const key of ['old', 'new']) {
      store.create(key, recordOf(key));
      for (let id = 1; id <= 9; id += 1) store.append(key, { id, type: 'content_chunk', data });
    }
    expect(store.find('new')).toMatchObject({ headId: 9, earliestId: 1 });
    expect(store.find('old')).toMatchObject({ headId: 9, earliestId: 9 });
    expect(store.readAfter('old', 0, 10)).toHaveLength(1);
  });
});
