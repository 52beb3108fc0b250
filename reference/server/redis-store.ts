/** Streams in Redis, shared by replicas: each can write, end and serve any of them. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createClient, ErrorReply } from 'redis';
import { scripts } from './redis-scripts.js';
import { ConfigurationError } from './settings.js';
import type { StreamState, StreamStore } from './store.js';
import type { StoredEvent, StreamRecord } from './types.js';

export interface RedisStoreOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]` */
  readonly url: string;
  /** Bound on one stream's history; default 16 MiB. On all of them together, Redis sets the bound: `maxmemory`. */
  readonly maxBytesPerStream?: number;
  /** How long a stream is kept after its terminal event, seconds; default 60. */
  readonly retention?: number;
  /** A running stream is abandoned when its writer has not renewed it for this long, seconds; default 5. */
  readonly lease?: number;
  /** How long a write waits for a Redis that cannot be reached, seconds; default 15. */
  readonly patience?: number;
  /** Before the names of all keys; default `sse:`. */
  readonly prefix?: string;
}

type Listener = (event?: StoredEvent) => void;

interface Channel {
  readonly listeners: Set<Listener>;
  readonly joined: Promise<void>;
  readonly leave: () => void;
}

const FIRST_CONNECTION_MS = 5000;
const RETRY_MS = 50;
const ANSWER_MS = 5000;
/** As in memory: eviction goes a little below the bound. */
const KEPT_SHARE = 0.9;

function createClients(url: string) {
  let connected = false;
  const startedAt = performance.now();
  const reconnectStrategy = (retries: number, cause: Error): number | Error =>
    connected || performance.now() - startedAt < FIRST_CONNECTION_MS ? Math.min(RETRY_MS * 2 ** retries, 500) : cause;
  const socket = { reconnectStrategy, connectTimeout: 2000 };
  const client = createClient({ url, scripts, socket, disableOfflineQueue: true });
  const subscriber = createClient({ url, socket });
  client.on('ready', () => {
    connected = true;
  });
  // Each command that fails says so itself, and the clients come back by themselves.
  for (const one of [client, subscriber]) one.on('error', () => undefined);
  return { client, subscriber };
}

type Clients = ReturnType<typeof createClients>;

export class RedisStore implements StreamStore {
  readonly #client: Clients['client'];
  readonly #subscriber: Clients['subscriber'];
  readonly #channels = new Map<string, Channel>();
  readonly #prefix: string;
  readonly #maxBytes: number;
  readonly #retentionMs: number;
  readonly #leaseMs: number;
  readonly #patienceMs: number;
  readonly #name = randomUUID();
  #calls = 0;
  #readyAtMs = 0;
  #closed = false;

  /** Resolves when Redis answers. Throws a `ConfigurationError` for a malformed URL, and when nobody answers for 5 s. */
  static async connect(options: RedisStoreOptions): Promise<RedisStore> {
    const address =
      /^rediss?:\/\//.test(options.url) && URL.canParse(options.url) ? new URL(options.url).host : undefined;
    if (address === undefined) throw new ConfigurationError('the URL of Redis must be like redis://127.0.0.1:6379');
    const clients = createClients(options.url);
    try {
      await Promise.all([clients.client.connect(), clients.subscriber.connect()]);
    } catch (error) {
      for (const one of [clients.client, clients.subscriber]) if (one.isOpen) one.destroy();
      throw new ConfigurationError(
        `Redis at ${address} cannot be used: ${error instanceof Error ? error.message : error}`,
      );
    }
    return new RedisStore(options, clients);
  }

  private constructor(options: RedisStoreOptions, { client, subscriber }: Clients) {
    this.#client = client;
    this.#subscriber = subscriber;
    this.#prefix = options.prefix ?? 'sse:';
    this.#maxBytes = options.maxBytesPerStream ?? 16 * 1024 * 1024;
    this.#retentionMs = Math.ceil((options.retention ?? 60) * 1000);
    this.#leaseMs = Math.ceil((options.lease ?? 5) * 1000);
    this.#patienceMs = (options.patience ?? 15) * 1000;
    client.on('ready', () => {
      this.#readyAtMs = performance.now();
    });
    // What was published while nobody listened is lost here, and is to be read.
    subscriber.on('ready', () => {
      for (const { listeners } of this.#channels.values()) for (const listener of listeners) listener();
    });
  }

  async create(key: string, record: StreamRecord): Promise<{ created: boolean; state: StreamState }> {
    const call = this.#nameCall();
    const { state, writer } = this.#keys(key);
    // A stream that nobody ends is forgotten some time after its cap.
    const lifeMs = Math.ceil(record.maxSeconds * 1000) + this.#leaseMs + this.#patienceMs + this.#retentionMs;
    const values = [JSON.stringify(record), call, lifeMs, this.#leaseMs];
    const reply = asTexts(await this.#persist(() => this.#client.createStream([state, writer], ...values)));
    const found = asState(reply);
    if (!found) throw new TypeError('Redis keeps something else under the key of a stream');
    return { created: reply[4] === call, state: found };
  }

  async find(key: string): Promise<StreamState | undefined> {
    return asState(await answered(this.#client.hmGet(this.#keys(key).state, ['record', 'head', 'earliest', 'ended'])));
  }

  append(key: string, event: StoredEvent): Promise<boolean> {
    return this.#push(key, event, false);
  }

  end(key: string, event: StoredEvent): Promise<boolean> {
    return this.#push(key, event, true);
  }

  async #push(key: string, { id, type, data }: StoredEvent, last: boolean): Promise<boolean> {
    const { state, events, channel } = this.#keys(key);
    const bounds = [this.#maxBytes, this.#maxBytes * KEPT_SHARE, this.#retentionMs];
    const values = [id, type, data, this.#nameCall(), last ? 1 : 0, ...bounds, channel];
    return (await this.#persist(() => this.#client.appendEvent([state, events], ...values))) === 1;
  }

  async readAfter(key: string, cursor: number, limit: number): Promise<readonly StoredEvent[]> {
    const { events } = this.#keys(key);
    const entries = await answered(this.#client.xRange(events, `${cursor + 1}-0`, '+', { COUNT: limit }));
    return (entries ?? []).map(({ id, message }) => ({
      id: Number.parseInt(id, 10),
      type: message.type ?? '',
      data: message.data ?? '',
    }));
  }

  async subscribe(key: string, listener: Listener): Promise<() => void> {
    const channel = this.#channels.get(key) ?? this.#join(key);
    channel.listeners.add(listener);
    const leave = (): void => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0 || this.#channels.get(key) !== channel) return;
      this.#channels.delete(key);
      channel.leave();
    };
    try {
      await answered(channel.joined);
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** One subscription of this process for all listeners, so that an event is parsed once. */
  #join(key: string): Channel {
    const name = this.#keys(key).channel;
    const listeners = new Set<Listener>();
    const onMessage = (message: string): void => {
      const [, id, type = '', data = ''] = /^(\d+) (\S+) (.*)$/s.exec(message) ?? [];
      const event = { id: Number(id), type, data };
      for (const listener of listeners) listener(event);
    };
    const joined = this.#subscriber.subscribe(name, onMessage);
    const leave = (): void => {
      this.#subscriber.unsubscribe(name, onMessage).catch(() => undefined);
    };
    const channel = { listeners, joined, leave };
    this.#channels.set(key, channel);
    return channel;
  }

  async expire(key: string): Promise<void> {
    const { state, events, writer } = this.#keys(key);
    await answered(this.#client.del([state, events, writer]));
  }

  async renew(key: string): Promise<void> {
    const expiration = { type: 'PX', value: this.#leaseMs } as const;
    await answered(this.#client.set(this.#keys(key).writer, 1, { expiration }));
  }

  async isAbandoned(key: string): Promise<boolean> {
    // While Redis was away nobody could renew: writers get the time to come back that readers had.
    if (performance.now() - this.#readyAtMs < this.#leaseMs && this.#readyAtMs > 0) return false;
    const { state, writer } = this.#keys(key);
    return (await answered(this.#client.isAbandoned([state, writer]))) === 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#client, this.#subscriber].map((one) => (one.isReady ? one.close() : one.destroy())));
  }

  /** Redis may be away for a while; a writer that gave up at once would lose its stream. */
  async #persist<T>(command: () => Promise<T>): Promise<T> {
    const giveUpAtMs = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await answered(command());
      } catch (error) {
        if (this.#closed || isFinal(error) || performance.now() > giveUpAtMs) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  }

  /** Names a call for good, however often it is repeated. */
  #nameCall(): string {
    this.#calls += 1;
    return `${this.#name}:${this.#calls}`;
  }

  /** The braces keep the keys of a stream on one node of a cluster. */
  #keys(key: string): Readonly<Record<'state' | 'events' | 'writer' | 'channel', string>> {
    const name = `${this.#prefix}{${key}}`;
    return { state: name, events: `${name}:events`, writer: `${name}:writer`, channel: `${name}:channel` };
  }
}

/** A network that swallows packets refuses nothing: a command without an answer fails after `ANSWER_MS`. */
async function answered<T>(reply: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const silence = setTimeout(ANSWER_MS, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`Redis did not answer within ${ANSWER_MS / 1000} s`);
  });
  try {
    return await Promise.race([reply, silence]);
  } finally {
    patience.abort();
    // The one that comes too late is nobody's.
    silence.catch(() => undefined);
    reply.catch(() => undefined);
  }
}

/** Whether Redis took the command and refused it, for a reason that does not pass. */
const isFinal = (error: unknown): boolean =>
  error instanceof ErrorReply && !/^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN)/.test(error.message);

const asTexts = (reply: unknown): (string | null)[] =>
  Array.isArray(reply) ? reply.map((value) => (typeof value === 'string' ? value : null)) : [];

/** The fields record, head, earliest and ended. Undefined for a stream that is not there, or is not one of ours. */
function asState([record, head, earliest, ended]: readonly (string | null)[]): StreamState | undefined {
  if (typeof record !== 'string') return undefined;
  const value: unknown = JSON.parse(record);
  return isRecord(value)
    ? { record: value, headId: Number(head), earliestId: Number(earliest), ended: ended === '1' }
    : undefined;
}

function isRecord(value: unknown): value is StreamRecord {
  const has = (name: string, type: string): boolean =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === type;
  const texts = ['streamId', 'traceId', 'parameters', 'bodyDigest'];
  return (
    texts.every((name) => has(name, 'string')) && ['createdAtMs', 'maxSeconds'].every((name) => has(name, 'number'))
  );
}
