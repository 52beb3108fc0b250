/** Streams in the memory of this process, bounded in bytes and age. */
import type { StreamState, StreamStore } from './store.js';
import type { StoredEvent, StreamRecord } from './types.js';

export interface MemoryStoreOptions {
  /** Bound on one stream's history; default 16 MiB. The oldest events go first. */
  readonly maxBytesPerStream?: number;
  /** Bound on all of them; default 256 MiB. The streams created first lose their events first. */
  readonly maxBytes?: number;
  /** How long a stream is kept after its terminal event, seconds; default 60. */
  readonly retention?: number;
}

/** Bytes of an event beside its data: field names, id and the objects that hold it. */
const EVENT_OVERHEAD_BYTES = 64;

/** Eviction goes a little below the bound, so that it is not paid for by every append. */
const KEPT_SHARE = 0.9;

class History implements StreamState {
  events: StoredEvent[] = [];
  readonly listeners = new Set<(event?: StoredEvent) => void>();
  headId = 0;
  earliestId = 1;
  bytes = 0;
  ended = false;
  expiry: NodeJS.Timeout | undefined;
  constructor(readonly record: StreamRecord) {}

  /** Drops the oldest events until at most `maxBytes` are left, the newest event excepted. Returns the bytes freed. */
  shrink(maxBytes: number): number {
    const before = this.bytes;
    let dropped = 0;
    for (const event of this.events) {
      if (this.bytes <= maxBytes || event.id === this.headId) break;
      this.bytes -= sizeOf(event);
      dropped += 1;
    }
    if (dropped > 0) this.events = this.events.slice(dropped);
    this.earliestId += dropped;
    return before - this.bytes;
  }
}

const sizeOf = (event: StoredEvent): number => event.data.length + EVENT_OVERHEAD_BYTES;

export class MemoryStore implements StreamStore {
  readonly #streams = new Map<string, History>();
  readonly #maxBytesPerStream: number;
  readonly #maxBytes: number;
  readonly #retentionMs: number;
  #bytes = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#maxBytesPerStream = options.maxBytesPerStream ?? 16 * 1024 * 1024;
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#retentionMs = (options.retention ?? 60) * 1000;
  }

  create(key: string, record: StreamRecord): { created: boolean; state: StreamState } {
    const existing = this.#streams.get(key);
    if (existing) return { created: false, state: existing };
    const history = new History(record);
    this.#streams.set(key, history);
    return { created: true, state: history };
  }

  find(key: string): StreamState | undefined {
    return this.#streams.get(key);
  }

  append(key: string, event: StoredEvent): boolean {
    return this.#push(key, event, false);
  }

  end(key: string, event: StoredEvent): boolean {
    if (!this.#push(key, event, true)) return false;
    const history = this.#streams.get(key);
    // REPLAY-019
    if (history) history.expiry = setTimeout(() => this.expire(key), this.#retentionMs).unref();
    return true;
  }

  #push(key: string, event: StoredEvent, last: boolean): boolean {
    const history = this.#streams.get(key);
    if (!history || history.ended || event.id !== history.headId + 1) return false;
    history.ended = last;
    history.events.push(event);
    history.headId = event.id;
    history.bytes += sizeOf(event);
    this.#bytes += sizeOf(event);
    if (history.bytes > this.#maxBytesPerStream) this.#bytes -= history.shrink(this.#maxBytesPerStream * KEPT_SHARE);
    if (this.#bytes > this.#maxBytes) this.#shrink();
    for (const listener of history.listeners) listener(event);
    return true;
  }

  readAfter(key: string, cursor: number, limit: number): readonly StoredEvent[] {
    const history = this.#streams.get(key);
    if (!history) return [];
    const from = Math.max(0, cursor + 1 - history.earliestId);
    return history.events.slice(from, from + limit);
  }

  subscribe(key: string, listener: (event?: StoredEvent) => void): () => void {
    const listeners = this.#streams.get(key)?.listeners;
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  expire(key: string): void {
    const history = this.#streams.get(key);
    if (!history) return;
    clearTimeout(history.expiry);
    this.#bytes -= history.bytes;
    this.#streams.delete(key);
  }

  renew(): void {
    // Nobody asks: see isAbandoned.
  }

  /** The writer lives in this process; it cannot die alone. */
  isAbandoned(): boolean {
    return false;
  }

  close(): void {
    for (const key of this.#streams.keys()) this.expire(key);
  }

  #shrink(): void {
    for (const history of this.#streams.values()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#bytes -= history.shrink(history.bytes - (this.#bytes - this.#maxBytes));
    }
  }
}
