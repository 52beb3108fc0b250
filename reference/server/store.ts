/** Where the events of streams are kept and handed on: the one part that replicas share. */
import type { Awaitable, StoredEvent, StreamRecord } from './types.js';

export interface StreamState {
  readonly record: StreamRecord;
  /** Newest id; 0 before the first event. */
  readonly headId: number;
  /** Oldest id still kept; headId + 1 while nothing is. */
  readonly earliestId: number;
  readonly ended: boolean;
}

/**
 * Streams by key. A key names one stream of one principal. Writers compare and append: an event is taken only when its
 * id is the next one and the stream has not ended, so that of several writers one wins and a stream gets exactly one
 * terminal event. A store that cannot be reached rejects.
 */
export interface StreamStore {
  /** Creates the stream or finds the one that is there, atomically. */
  create(key: string, record: StreamRecord): Awaitable<{ readonly created: boolean; readonly state: StreamState }>;
  find(key: string): Awaitable<StreamState | undefined>;
  /** False when another writer was first, or the stream has ended or is unknown. */
  append(key: string, event: StoredEvent): Awaitable<boolean>;
  /** Appends the terminal event, in the same manner; the time of retention begins. */
  end(key: string, event: StoredEvent): Awaitable<boolean>;
  /** At most `limit` events with id > cursor, in order. Where older ones were evicted it begins later. */
  readAfter(key: string, cursor: number, limit: number): Awaitable<readonly StoredEvent[]>;
  /** Calls with every event appended from now on; without one when some may have been missed. */
  subscribe(key: string, listener: (event?: StoredEvent) => void): Awaitable<() => void>;
  /** Forgets the stream at once. */
  expire(key: string): Awaitable<void>;
  /** The writer of a running stream says that it lives. */
  renew(key: string): Awaitable<void>;
  /** Whether the writer of a running stream has fallen silent for good. */
  isAbandoned(key: string): Awaitable<boolean>;
  close(): Awaitable<void>;
}
