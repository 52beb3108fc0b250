/** Plays one scenario to the target and returns its transcript, whatever happens. */
import { setMaxListeners } from 'node:events';
import type { LagMonitor } from '../evidence/recorder/lag.js';
import type { RecorderLimits, RunBudgets } from '../evidence/recorder/limits.js';
import { Recorder } from '../evidence/recorder/recorder.js';
import type { Redactor } from '../evidence/recorder/redact.js';
import type { Transport } from '../evidence/recorder/transport.js';
import type { Transcript } from '../evidence/types.js';
import { LAG_MS } from '../judge/tolerances.js';
import type { OccasionName, Scenario } from '../server/scenarios/scenario.js';
import type { Gate } from './gate.js';
import { ServerStage, type StageOptions } from './stage.js';
import type { TimeBound } from './time-bound.js';
import type { ServerTarget } from './types.js';

/** What all scenarios of a run share. */
export interface RunContext {
  readonly target: ServerTarget;
  readonly spec: string;
  readonly kit: string;
  readonly transport: Transport;
  readonly redactor: Redactor;
  readonly budgets: RunBudgets;
  readonly limits: Partial<RecorderLimits>;
  readonly gate: Gate;
  readonly lag: LagMonitor;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  readonly shutdown: () => Promise<void>;
  readonly onAnswer: StageOptions['onAnswer'];
  /** How much longer a scenario may last on a machine that is too busy, milliseconds. */
  readonly graceMs: number;
}

/** The occasion whose URL a scenario uses; undefined where the target has none. */
export function occasionOf(scenario: Scenario, target: ServerTarget): OccasionName | undefined {
  if (scenario.occasion === 'stream' || target.occasions[scenario.occasion] !== undefined) {
    return scenario.occasion;
  }
  return scenario.fallback === true ? 'stream' : undefined;
}

/** Never rejects: a fault of the scenario becomes the outcome `kit-error`. */
export async function performScenario(
  scenario: Scenario,
  occasion: OccasionName,
  context: RunContext,
  bound: TimeBound,
  attempt: 1 | 2,
): Promise<Transcript> {
  const startedAtMs = performance.now();
  const { transport, redactor, limits, budgets } = context;
  const recorder = new Recorder({ transport, redactor, limits, budgets });
  const time = new AbortController();
  // Every pause of the scenario listens.
  setMaxListeners(0, time.signal);
  const stage = new ServerStage({
    target: context.target,
    occasion,
    recorder,
    gate: context.gate,
    bound,
    signal: time.signal,
    userAgent: `resilient-sse/${context.kit}`,
    shutdown: context.shutdown,
    onAnswer: context.onAnswer,
  });
  const disarm = abortAtBound(time, bound, context.signal, () =>
    context.lag.maxSince(startedAtMs) > LAG_MS ? context.graceMs : 0,
  );
  const aborted = new Promise<'timeout'>((resolve) => {
    time.signal.addEventListener('abort', () => resolve('timeout'));
  });
  let outcome: Transcript['outcome'];
  let reason: string | undefined;
  try {
    outcome = await Promise.race([scenario.run(stage).then((): 'done' => 'done'), aborted]);
    reason = outcome === 'timeout' ? "the run's time was up" : undefined;
  } catch (error) {
    outcome = 'kit-error';
    reason = error instanceof Error ? error.message : String(error);
  }
  await recorder.close(outcome === 'timeout' ? 'timeout' : 'closed', reason);
  disarm();
  return {
    ...frameOf(scenario, context, attempt),
    startedAt: recorder.clock.startedAt,
    streamId: stage.streamId === '' ? null : stage.streamId,
    occasion: occasion === 'stream' ? null : occasion,
    notes: stage.notes,
    connections: recorder.recorded(),
    lagMs: context.lag.maxSince(startedAtMs),
    outcome,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The transcript of a scenario that was not played. */
export function skipScenario(scenario: Scenario, context: RunContext, reason: string): Transcript {
  return {
    ...frameOf(scenario, context, 1),
    startedAt: new Date().toISOString(),
    streamId: null,
    occasion: null,
    notes: {},
    connections: [],
    lagMs: 0,
    outcome: 'skipped',
    reason,
  };
}

function frameOf(scenario: Scenario, context: RunContext, attempt: number) {
  return {
    schema: 'resilient-sse/transcript/1',
    spec: context.spec,
    kit: context.kit,
    role: 'server',
    scenario: scenario.name,
    attempt,
    target: context.redactor.url(context.target.url),
  } as const;
}

/**
 * Aborts when the bound is reached, wherever it has moved by then, and the grace after it is over; or with the run.
 * Returns what calls it off.
 */
function abortAtBound(time: AbortController, bound: TimeBound, run: AbortSignal, graceMs: () => number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    const leftMs = (): number => Math.max(0, bound.endsAtMs - performance.now());
    timer = setTimeout(() => {
      timer = setTimeout(() => time.abort(), leftMs() + graceMs());
    }, leftMs());
  };
  const abort = (): void => time.abort();
  const unlisten = bound.onMove(arm);
  run.addEventListener('abort', abort);
  arm();
  if (run.aborted) {
    abort();
  }
  return () => {
    clearTimeout(timer);
    unlisten();
    run.removeEventListener('abort', abort);
  };
}
