/** Twins that break the requirements on delays, floors and the number of attempts. */
import { type Attempt, Attempts } from '../../client/attempts.js';
import type { StreamOptions } from '../../client/types.js';
import type { ClientFault, FaultyClient } from './faulty-client.js';
import { endFault, lineFault, sinkFault } from './seams.js';

/** The delay before reconnection n = 0, 1, … in place of the backoff's; floors are kept. */
export function delayFault(delayMs: (n: number) => number): ClientFault {
  class Delays extends Attempts {
    override next(retryAfter: string | null, onWaking: boolean): Attempt | undefined {
      const n = this.count;
      const attempt = super.next(retryAfter, onWaking);
      return attempt === undefined || attempt.floorMs > 0 ? attempt : { delayMs: delayMs(n), floorMs: 0 };
    }
  }
  return { attempts: (options) => new Delays(options) };
}

/** Ten percent to either side. */
const around = (ms: number): number => ms * (0.9 + 0.2 * Math.random());

function attemptsFault(create: (options: StreamOptions) => Attempts): ClientFault {
  return { attempts: create };
}

/** Says five, whatever holds. */
const saysFive = lineFault((line) => [line.type === 'state' ? { ...line, maxAttempts: 5 } : line]);

class ResetsOnOpen extends Attempts {
  override wasOpen(): void {
    super.wasOpen(Number.POSITIVE_INFINITY, 1, 0);
  }
}

class IgnoresStability extends Attempts {
  override wasOpen(): void {
    // How long it was open says nothing to this one.
  }
}

class IgnoresProgress extends Attempts {
  #first = true;

  override progress(): void {
    if (this.#first) {
      super.progress();
      this.#first = false;
    }
  }

  override wasOpen(): void {
    // How long it was open says nothing to this one.
  }
}

/** A floor that is taken as it comes. */
class Unclamped extends Attempts {
  #retryMs = 0;

  override setRetry(retryMs: number): void {
    this.#retryMs = retryMs;
    super.setRetry(retryMs);
  }

  override next(retryAfter: string | null, onWaking: boolean): Attempt | undefined {
    const attempt = super.next(retryAfter, onWaking);
    const floorMs = Math.max(this.#retryMs, Number(retryAfter ?? 0) * 1000 || 0);
    return attempt === undefined || floorMs <= 60_000 ? attempt : { delayMs: floorMs, floorMs };
  }
}

/** A retry field that holds for one attempt. */
class RetryOnce extends Attempts {
  override next(retryAfter: string | null, onWaking: boolean): Attempt | undefined {
    const attempt = super.next(retryAfter, onWaking);
    super.setRetry(0);
    return attempt;
  }
}

/** A floor in place of the delay, be it shorter. */
class FloorAsDelay extends Attempts {
  override next(retryAfter: string | null, onWaking: boolean): Attempt | undefined {
    const attempt = super.next(retryAfter, onWaking);
    const isFloored = attempt !== undefined && attempt.floorMs > 0;
    return isFloored ? { ...attempt, delayMs: attempt.floorMs } : attempt;
  }
}

/** Draws the same in every process. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export const backoffTwins: readonly FaultyClient[] = [
  {
    name: 'no-backoff',
    breaks: 'RETRY-006',
    alsoBreaks: ['RETRY-008'],
    why: 'comes back at once',
    fault: () => delayFault(() => 0),
  },
  {
    name: 'constant-delay',
    breaks: 'RETRY-006',
    why: 'waits a second before each attempt',
    fault: () => delayFault(() => around(1000)),
  },
  {
    name: 'floor-is-the-delay',
    breaks: 'RETRY-006',
    why: 'waits as long as the server asks for, where the backoff is longer',
    fault: () => ({ attempts: (options) => new FloorAsDelay(options) }),
  },
  {
    name: 'retry-field-counts-once',
    breaks: 'RETRY-009',
    why: 'forgets a retry field after one attempt',
    fault: () => ({ attempts: (options) => new RetryOnce(options) }),
  },
  {
    name: 'jitter-from-one-seed',
    breaks: 'RETRY-008',
    why: 'draws its delays from a generator that begins the same in every process',
    fault() {
      const random = seeded();
      random();
      return delayFault((n) => Math.min(1000 * 2 ** n * (0.9 + 0.2 * random()), 5000));
    },
  },
  {
    name: 'retry-after-of-503-alone',
    breaks: 'RETRY-012',
    why: 'does not look at Retry-After with 429',
    fault: () => endFault((end) => (end.kind === 'status' && end.status === 429 ? { ...end, retryAfter: null } : end)),
  },
  {
    name: 'linear-delay',
    breaks: 'RETRY-006',
    why: 'waits half a second more before each attempt',
    fault: () => delayFault((n) => around(600 + 400 * n)),
  },
  {
    name: 'full-jitter',
    breaks: 'RETRY-006',
    why: 'draws each delay from nothing up to the backoff',
    fault: () => delayFault((n) => Math.random() * Math.min(1000 * 2 ** n, 5000)),
  },
  {
    name: 'uncapped-delay',
    breaks: 'RETRY-007',
    why: 'doubles its delay without an end',
    fault: () => ({ options: { backoffCapMs: 600_000 } }),
  },
  {
    name: 'slow-start',
    breaks: 'RETRY-007',
    why: 'waits 3 s before each attempt, as a browser does',
    fault: () => delayFault((n) => (n > 2 ? around(4000) : around(3000))),
  },
  {
    name: 'no-jitter',
    breaks: 'RETRY-008',
    why: 'waits exactly as long as all its like',
    fault: () => ({ options: { random: () => 0.5 } }),
  },
  {
    name: 'little-jitter',
    breaks: 'RETRY-008',
    why: 'draws each delay from a window of ten milliseconds',
    fault: () => ({ options: { random: () => 0.5 + 0.05 * Math.random() } }),
  },
  {
    name: 'reconnection-time-ignored',
    breaks: 'RETRY-009',
    why: 'takes no notice of retry fields',
    fault: () => sinkFault(() => ({ retry: () => undefined })),
  },
  {
    name: 'reconnection-time-unclamped',
    breaks: 'RETRY-010',
    why: 'sets its timer to whatever is asked for',
    fault: () => attemptsFault((options) => new Unclamped(options)),
  },
  {
    name: 'clamp-of-half-a-minute',
    breaks: 'RETRY-010',
    why: 'takes every floor for 30 s at most',
    fault: () => ({
      ...sinkFault((sink) => ({
        retry: (value) => sink.retry(typeof value === 'number' ? Math.min(value, 30_000) : value),
        ended: (end) =>
          sink.ended(end.kind === 'status' && Number(end.retryAfter) > 30 ? { ...end, retryAfter: '30' } : end),
      })),
    }),
  },
  {
    name: 'reconnection-time-parsed-leniently',
    breaks: 'RETRY-011',
    why: 'takes the digits at the start of a retry field',
    fault: () =>
      sinkFault((sink) => ({
        retry: (value) => sink.retry(typeof value === 'string' ? Number.parseInt(value, 10) || value : value),
      })),
  },
  {
    name: 'reconnection-time-in-any-notation',
    breaks: 'RETRY-011',
    why: 'takes every retry field that Number() takes',
    fault: () =>
      sinkFault((sink) => ({
        retry: (value) => sink.retry(typeof value === 'string' && Number(value) > 0 ? Number(value) : value),
      })),
  },
  {
    name: 'retry-after-ignored',
    breaks: 'RETRY-012',
    why: 'takes no notice of Retry-After',
    fault: () => endFault((end) => (end.kind === 'status' ? { ...end, retryAfter: null } : end)),
  },
  {
    name: 'retry-after-in-seconds-alone',
    breaks: 'RETRY-012',
    why: 'takes no notice of a date in Retry-After',
    fault: () =>
      endFault((end) =>
        end.kind === 'status' && /[a-z]/i.test(end.retryAfter ?? '') ? { ...end, retryAfter: null } : end,
      ),
  },
  {
    name: 'never-gives-up',
    breaks: 'RETRY-013',
    why: 'makes more attempts than it says',
    fault: () => ({ options: { maxReconnectAttempts: 8 }, ...saysFive }),
  },
  {
    name: 'gives-up-early',
    breaks: 'RETRY-013',
    why: 'makes fewer attempts than it says',
    fault: () => ({ options: { maxReconnectAttempts: 2 }, ...saysFive }),
  },
  {
    name: 'resets-on-open',
    breaks: 'RETRY-014',
    why: 'begins its count anew with each connection that opens',
    fault: () => attemptsFault((options) => new ResetsOnOpen(options)),
  },
  {
    name: 'progress-does-not-count',
    breaks: 'RETRY-015',
    why: 'counts its attempts over the whole life of the stream',
    fault: () => attemptsFault((options) => new IgnoresProgress(options)),
  },
  {
    name: 'stability-does-not-count',
    breaks: 'RETRY-015',
    why: 'begins its count anew with a new id alone',
    fault: () => attemptsFault((options) => new IgnoresStability(options)),
  },
];
