/** Opens the Redis that a queue lives in, and never shows its password. */
import { createClient } from 'redis';
import { KitError } from '../kit-error.js';

export interface QueueAddress {
  /** Secret: it may hold a password. */
  readonly url: string;
  /** Scheme, host and port. */
  readonly shown: string;
}

export type Redis = ReturnType<typeof createRedis>;

const ANSWER_MS = 5000;
const LONGEST_RETRY_MS = 2000;

/** `redis://…`, `rediss://…`, or `$NAME` of a variable that holds one. Throws `KitError` (`usage`). */
export function readQueueAddress(
  given: string,
  environment: Readonly<Record<string, string | undefined>>,
): QueueAddress {
  const [, variable] = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(given) ?? [];
  const url = variable === undefined ? given : environment[variable];
  if (url === undefined) {
    throw new KitError('usage', `--queue: the environment variable ${variable ?? ''} is not set`);
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    // Whatever it is, it may hold a password.
    throw new KitError('usage', '--queue: expected a URL such as redis://127.0.0.1:6379, got something else');
  }
  return { url, shown: `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}` };
}

export interface RedisOptions {
  /**
   * While Redis is away commands wait for it. BullMQ's loops need that: they try again at once. Without it they fail at
   * once, and the caller knows how long to be patient.
   */
  readonly waits?: boolean;
}

/** Connected, and answering; it comes back by itself when the connection is lost. Throws `KitError` (`kit`). */
export async function openRedis({ url, shown }: QueueAddress, { waits = false }: RedisOptions = {}): Promise<Redis> {
  const state = { connected: false };
  const redis = createRedis(url, waits, state);
  // Each command that fails says so itself.
  redis.on('error', () => undefined);
  try {
    await answered(redis.connect());
    await answered(redis.ping());
    state.connected = true;
    return redis;
  } catch (cause) {
    redis.destroy();
    throw new KitError(
      'kit',
      `--queue: expected Redis at ${shown}, got: ${complaintOf(cause)}. Start it, or check the address`,
      {
        cause,
      },
    );
  }
}

function createRedis(url: string, waits: boolean, state: { readonly connected: boolean }) {
  return createClient({
    url,
    disableOfflineQueue: !waits,
    socket: {
      connectTimeout: ANSWER_MS,
      reconnectStrategy: (retries) => (state.connected ? Math.min(50 * 2 ** retries, LONGEST_RETRY_MS) : false),
    },
  });
}

/** A network that swallows packets refuses nothing: what is not answered within 5 s fails. */
export async function answered<T>(reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
  });
  try {
    return await Promise.race([reply, silence]);
  } finally {
    clearTimeout(timer);
    // An answer that comes too late is nobody's.
    reply.catch(() => undefined);
  }
}

function complaintOf(fault: unknown): string {
  const said = fault instanceof Error ? fault.message.replace(/\.+$/, '') : '';
  if (said.startsWith('NOAUTH')) return 'it wants a password';
  if (said.startsWith('WRONGPASS')) return 'it refuses the user name or the password';
  if (said !== '') return said;
  return fault instanceof Error && 'code' in fault ? String(fault.code) : 'no connection';
}

/** Milliseconds since the epoch by the clock of Redis, which all who use it have in common. */
export async function redisNowMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = Array.from(Object(await answered(redis.sendCommand(['TIME']))), Number);
  return (seconds ?? 0) * 1000 + Math.floor((microseconds ?? 0) / 1000);
}

/** What to add to this machine's clock to have that of Redis: off by half a round trip at most. */
export async function clockOffsetMs(redis: Redis): Promise<number> {
  const before = Date.now();
  const theirs = await redisNowMs(redis);
  return theirs - (before + Date.now()) / 2;
}
