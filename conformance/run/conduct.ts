/** Plays the scenarios of a plan: at once, or as few at a time as the target bears. */
import type { Transcript } from '../evidence/types.js';
import { performScenario, type RunContext } from './perform.js';
import type { Planned } from './plan.js';
import { TimeBound } from './time-bound.js';
import type { Progress, RunOptions } from './types.js';

export interface Conductor {
  /** Plays scenarios; resolves when all have ended, in the order given. */
  play(planned: readonly Planned[], attempt: 1 | 2): Promise<readonly Transcript[]>;
  /** How long the first attempt may last from now on, milliseconds. */
  remainingMs(): number;
  /** False where the time that the user allows is used up. */
  mayRepeat(): boolean;
  /** True where the cap of the target was longer than the kit waited. */
  readonly cutShort: boolean;
}

/** A scenario that is played again for less shows nothing. */
const SHORTEST_REPETITION_MS = 1000;

export function createConductor(
  context: RunContext,
  options: Pick<RunOptions, 'maxOpen' | 'timeoutMs'>,
  onProgress: (progress: Progress) => void,
  onTranscript: (transcript: Transcript) => void,
): Conductor {
  const startedAtMs = performance.now();
  const shared = boundOf(startedAtMs, options, onProgress);
  const bounds = new Map<1 | 2, TimeBound>([[1, shared]]);
  let cutShort = false;
  const allowedMs = (): number | undefined =>
    options.timeoutMs === undefined ? undefined : startedAtMs + options.timeoutMs - performance.now();

  const playOne = async ({ scenario, occasion }: Planned, attempt: 1 | 2): Promise<Transcript> => {
    // With few connections at a time one scenario waits for another: each then has a cap of its own to last.
    const bound =
      options.maxOpen === undefined
        ? (bounds.get(attempt) ?? shared)
        : new TimeBound(performance.now(), options.timeoutMs);
    onProgress({ kind: 'scenario-started', name: scenario.name, does: scenario.does });
    const transcript = await performScenario(scenario, occasion, context, bound, attempt);
    cutShort ||= bound.cutsShort;
    onProgress({ kind: 'scenario-ended', name: scenario.name, outcome: transcript.outcome });
    onTranscript(transcript);
    return transcript;
  };

  return {
    get cutShort() {
      return cutShort;
    },
    remainingMs: () => shared.endsAtMs - performance.now(),
    mayRepeat: () => (allowedMs() ?? SHORTEST_REPETITION_MS) >= SHORTEST_REPETITION_MS,
    play(planned, attempt) {
      if (!bounds.has(attempt)) {
        bounds.set(attempt, new TimeBound(performance.now(), allowedMs()));
      }
      return inLanes(planned, options.maxOpen, (one) => playOne(one, attempt));
    },
  };
}

function boundOf(
  startedAtMs: number,
  options: Pick<RunOptions, 'maxOpen' | 'timeoutMs'>,
  onProgress: (progress: Progress) => void,
): TimeBound {
  const bound = new TimeBound(startedAtMs, options.timeoutMs);
  if (options.maxOpen === undefined) {
    bound.onMove(() => onProgress({ kind: 'bounded', boundMs: Math.round(bound.endsAtMs - startedAtMs) }));
  }
  return bound;
}

/** Starts the next scenario when its connections fit beside those that are open; one that never fits goes alone. */
async function inLanes(
  planned: readonly Planned[],
  maxOpen: number | undefined,
  play: (planned: Planned) => Promise<Transcript>,
): Promise<readonly Transcript[]> {
  const room = maxOpen ?? Number.POSITIVE_INFINITY;
  const playing = new Set<Promise<unknown>>();
  const results: Promise<Transcript>[] = [];
  let open = 0;
  for (const one of planned) {
    const needed = Math.min(one.scenario.connections, room);
    while (open + needed > room) {
      await Promise.race(playing);
    }
    open += needed;
    const result = play(one);
    const done = result.then(() => {
      open -= needed;
      playing.delete(done);
    });
    playing.add(done);
    results.push(result);
  }
  return Promise.all(results);
}
