/** How many streams one client may start, and how many may run at once. */

export interface RateLimit {
  /** Streams a client may start in a burst. */
  readonly burst: number;
  /** Streams a client may start per minute, on average. */
  readonly perMinute: number;
  /** Streams of all clients that may run at once in this process. */
  readonly maxStreams?: number;
}

/** Clients remembered; the one unseen for longest is forgotten first, with its debt. */
const MAX_CLIENTS = 10_000;

/** A token bucket per client. */
export class RateLimiter {
  readonly #clients = new Map<string, { tokens: number; atMs: number }>();
  constructor(private readonly limit: RateLimit) {}

  /** Takes one token. Returns 0, or the seconds until there is one. */
  take(client: string, nowMs: number): number {
    const { burst, perMinute } = this.limit;
    const known = this.#clients.get(client) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, known.tokens + ((nowMs - known.atMs) / 60_000) * perMinute);
    this.#clients.delete(client);
    const waitSeconds = tokens >= 1 ? 0 : ((1 - tokens) / perMinute) * 60;
    this.#clients.set(client, { tokens: waitSeconds === 0 ? tokens - 1 : tokens, atMs: nowMs });
    if (this.#clients.size > MAX_CLIENTS) this.#forgetOldest();
    return waitSeconds;
  }

  #forgetOldest(): void {
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined) this.#clients.delete(oldest);
  }
}
