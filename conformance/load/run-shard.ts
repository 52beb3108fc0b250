/** Runs the share of a load plan that one thread has: many streams on one event loop, looked at by one timer. */
import { hostname } from 'node:os';
import { findDestination } from './destination.js';
import { decideFate } from './fate.js';
import { Pace, TICK_MS } from './pace.js';
import type { RunContext } from './read-task.js';
import { streamNumber } from './split-plan.js';
import { StreamRun } from './stream-run.js';
import { Tally } from './tally.js';
import type { LoadGenerator, LoadPlan, ShardOptions, ShardResult } from './types.js';

/** Between two reports of progress. */
const PROGRESS_MS = 1000;
/** After the ramp, a target that has answered nothing for so long will answer nothing at all. */
const DEAD_MS = 30_000;
/** A place whose stream failed rests, so that a target that refuses at once is not flooded. */
const REST_MS = 1000;

type Outcome = Pick<LoadGenerator, 'outcome' | 'why'>;

/** Runs one share. Rejects with a `KitError` alone; whatever the target does becomes part of the result. */
export async function runShard(plan: LoadPlan, options: ShardOptions = {}): Promise<ShardResult> {
  const destination = await findDestination(plan);
  const { startAtMs = 0, signal } = options;
  await waitUntil(startAtMs, signal);
  return new Promise((resolve) => {
    const shard = new Shard(plan, destination, options, resolve);
    shard.start();
  });
}

class Shard {
  readonly #plan: LoadPlan;
  readonly #options: ShardOptions;
  readonly #resolve: (result: ShardResult) => void;
  readonly #context: RunContext;
  readonly #tally: Tally;
  readonly #pace: Pace;
  readonly #startedMs = performance.now();
  readonly #startedAt = new Date().toISOString();
  readonly #places: StreamRun[];
  readonly #rounds: number[];
  #timer: NodeJS.Timeout | undefined;
  #toldMs = 0;
  #memoryBytes = 0;

  constructor(
    plan: LoadPlan,
    destination: RunContext['destination'],
    options: ShardOptions,
    resolve: (result: ShardResult) => void,
  ) {
    this.#plan = plan;
    this.#options = options;
    this.#resolve = resolve;
    this.#tally = new Tally(plan.bucketMs);
    this.#pace = new Pace(this.#tally.histograms.lag, this.#startedMs);
    this.#context = {
      plan,
      destination,
      tally: this.#tally,
      startedMs: this.#startedMs,
      wasSoundSince: (ms) => this.#pace.wasSoundSince(ms),
    };
    this.#rounds = Array.from({ length: plan.streams }, () => 0);
    this.#places = this.#rounds.map((_, nth) => this.#create(nth, this.#startedMs + this.#rampMs(nth)));
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#options.signal?.addEventListener('abort', () => this.#finish({ outcome: 'interrupted' }), { once: true });
    if (this.#options.signal?.aborted === true) this.#finish({ outcome: 'interrupted' });
  }

  /** Streams begin evenly spread over the ramp, by their number in the whole plan. */
  #rampMs(nth: number): number {
    return (this.#plan.rampMs * streamNumber(this.#plan, nth)) / this.#plan.allStreams;
  }

  #create(nth: number, dueMs: number): StreamRun {
    const fate = decideFate(this.#plan, streamNumber(this.#plan, nth), this.#rounds[nth] ?? 0);
    return new StreamRun(this.#context, fate, dueMs);
  }

  #tick(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#startedMs;
    this.#pace.tick(nowMs);
    this.#tally.moveTo(elapsedMs);
    let open = 0;
    let over = 0;
    for (const [nth, run] of this.#places.entries()) {
      run.tick(nowMs);
      if (run.isOver) over += this.#follow(nth, run, nowMs);
      else if (run.isRunning) open += 1;
    }
    this.#tally.plotLevel('open', open);
    this.#tell(elapsedMs);
    if (over === this.#places.length) this.#finish({ outcome: 'whole' });
    else if (elapsedMs >= (this.#plan.durationMs ?? Number.POSITIVE_INFINITY)) this.#finish({ outcome: 'whole' });
    else if (this.#isDead(elapsedMs)) {
      const why = `the target answered none of ${this.#tally.counts.requests} requests with a stream`;
      this.#finish({ outcome: 'stopped', why });
    }
  }

  /** Puts the next stream into a place; 1 where the place has had its last one. */
  #follow(nth: number, { succeeded }: StreamRun, nowMs: number): number {
    if (this.#plan.durationMs === null) return 1;
    this.#rounds[nth] = (this.#rounds[nth] ?? 0) + 1;
    this.#places[nth] = this.#create(nth, succeeded ? nowMs : nowMs + REST_MS);
    return 0;
  }

  #isDead(elapsedMs: number): boolean {
    const { answerTimeoutMs, rampMs } = this.#plan;
    const { requestsAnswered, requests } = this.#tally.counts;
    return requestsAnswered === 0 && requests > 0 && elapsedMs > rampMs + Math.max(DEAD_MS, 2 * answerTimeoutMs);
  }

  #tell(elapsedMs: number): void {
    if (elapsedMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = elapsedMs;
    this.#memoryBytes = Math.max(this.#memoryBytes, process.memoryUsage.rss());
    this.#options.onProgress?.(this.#result({ outcome: 'whole' }));
  }

  #finish(outcome: Outcome): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const run of this.#places) run.leave();
    this.#memoryBytes = Math.max(this.#memoryBytes, process.memoryUsage.rss());
    this.#resolve(this.#result(outcome));
  }

  #result(outcome: Outcome): ShardResult {
    return this.#tally.toResult({
      name: this.#options.name ?? `${hostname()}, process ${process.pid}`,
      ...outcome,
      streams: this.#plan.streams,
      startedAt: this.#startedAt,
      durationMs: Math.round(performance.now() - this.#startedMs),
      ...this.#pace.figures,
      memoryBytes: this.#memoryBytes,
    });
  }
}

/** Resolves at that time of the clock, or when the signal comes. */
function waitUntil(atMs: number, signal: AbortSignal | undefined): Promise<void> {
  const delayMs = atMs - Date.now();
  if (delayMs <= 0 || signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
