/** A run against a client with any book of rules: plan, play, judge, report. Prints nothing. */
import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { clientScenarios, realTimeScenarios } from '../client/scenarios/index.js';
import type { ClientScenario } from '../client/scenarios/scenario.js';
import { ScriptedServer } from '../client/stage/scripted-server.js';
import { startLagMonitor } from '../evidence/recorder/lag.js';
import type { Transcript } from '../evidence/types.js';
import { selectRequirements } from '../judge/selection.js';
import { readRequirements } from '../spec/read-spec.js';
import { indexPage } from './client-index-page.js';
import { type ClientPlan, planClientScenarios } from './client-plan.js';
import type { ClientProgress, ClientRunOptions } from './client-types.js';
import { askedOf, type Rules, reportOn } from './judge-with.js';
import { kitVersion } from './kit-version.js';
import { LiveJudge } from './live-judge.js';
import { type ClientRunContext, skipClientScenario, stageClientScenario } from './perform-client.js';
import { findRepetitions, mergeAttempts } from './repeat.js';
import { StartGate } from './start-gate.js';
import type { RunResult } from './types.js';

/** A client that has not asked for anything in so many scenarios never will. */
const MUTE_SCENARIOS = 3;

type OnProgress = (progress: ClientProgress) => void;

/** Throws `KitError` alone. Ends the driver. */
export async function runClient(
  rules: Rules,
  options: ClientRunOptions,
  onProgress: OnProgress = () => undefined,
): Promise<RunResult> {
  const { driver, realTime, quick, concurrency } = options;
  const stop = new AbortController();
  const lag = startLagMonitor({ countsWaiting: true });
  let server: ScriptedServer | undefined;
  try {
    const all = readRequirements(options.spec);
    const requirements = selectRequirements(all, 'client', options.only);
    selectRequirements(all, 'client', options.acceptUnobserved);
    const plan = planClientScenarios(realTime ? realTimeScenarios : clientScenarios, requirements, rules, {
      quick,
      concurrency: driver.starts ? concurrency : Number.POSITIVE_INFINITY,
      everything: options.only.length === 0,
      endsByItself: driver.name === 'command',
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    });
    server = await ScriptedServer.listen({
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    });
    const context = { driver, server, spec: options.spec, kit: kitVersion(), lag, signal: stop.signal };
    onProgress({ kind: 'expected', ms: plan.expectedMs });
    onProgress({ kind: 'planned', scenarios: plan.scenarios.map(({ name }) => name) });
    const boundMs = options.timeoutMs ?? (driver.starts ? boundFor(plan.expectedMs) : undefined);
    arm(stop, options.signal, boundMs);
    if (boundMs !== undefined) {
      onProgress({ kind: 'bounded', boundMs });
    }
    const judge = new LiveJudge({
      rules,
      requirements,
      scenarios: [...plan.scenarios, ...plan.skipped.map(({ scenario }) => scenario)].map(({ name }) => name),
      asked: askedOf(options),
      onVerdict: (requirement) => onProgress({ kind: 'verdict', requirement }),
    });
    const gate = new StartGate(availableParallelism());
    const run = { rules, options, plan, context, onProgress, judge, gate };
    return await conclude(run, await play(plan, run));
  } finally {
    stop.abort();
    lag.stop();
    await driver.close();
    await server?.close();
  }
}

/** Generous: a client that gets everything wrong is waited for in most scenarios. */
function boundFor(expectedMs: number): number {
  return Math.ceil(expectedMs / 1000) * 4_000 + 60_000;
}

/** Aborts with the run's own signal, and when its time is up. */
function arm(stop: AbortController, signal: AbortSignal | undefined, boundMs: number | undefined): void {
  setMaxListeners(0, stop.signal);
  if (signal?.aborted === true) {
    stop.abort();
  }
  signal?.addEventListener('abort', () => stop.abort(), { once: true, signal: stop.signal });
  if (boundMs !== undefined) {
    const timer = setTimeout(() => stop.abort(), boundMs);
    stop.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}

interface Playing {
  readonly context: ClientRunContext;
  readonly options: ClientRunOptions;
  readonly onProgress: OnProgress;
  readonly judge: LiveJudge;
  readonly gate: StartGate;
}

async function play(plan: ClientPlan, run: Playing): Promise<readonly Transcript[]> {
  const skipped = plan.skipped.map(({ scenario, reason }) => skipClientScenario(scenario, run.context, reason));
  for (const transcript of skipped) {
    run.judge.take(transcript);
  }
  const played = run.context.driver.starts
    ? await playInLanes(plan.scenarios, run, 1)
    : await playOnOffer(plan.scenarios, run);
  return [...played, ...skipped];
}

/** So many clients at a time; the longest scenarios first. */
async function playInLanes(
  scenarios: readonly ClientScenario[],
  run: Playing,
  attempt: 1 | 2,
): Promise<readonly Transcript[]> {
  const waiting = [...scenarios];
  const transcripts: Transcript[] = [];
  const listener = new Listener();
  const lane = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const reason = reasonToSkip(run, await listener.isMute());
      const transcript =
        reason === undefined
          ? await listener.listen(playOne(scenario, run, attempt, listener.heard))
          : skipClientScenario(scenario, run.context, reason);
      transcripts.push(transcript);
      run.judge.take(transcript);
    }
  };
  const lanes = Array.from({ length: Math.max(1, run.options.concurrency) }, lane);
  try {
    await Promise.all(lanes);
  } finally {
    // A driver that cannot start a client ends the other lanes too.
    waiting.length = 0;
    await Promise.allSettled(lanes);
  }
  return transcripts;
}

/** Finds out whether the client ever asks for anything. */
class Listener {
  readonly #playing = new Set<Promise<unknown>>();
  #ended = 0;
  #heard = false;

  readonly heard = (): void => {
    this.#heard = true;
  };

  async listen(playing: Promise<Transcript>): Promise<Transcript> {
    this.#playing.add(playing);
    try {
      return await playing;
    } finally {
      this.#playing.delete(playing);
      this.#ended += 1;
    }
  }

  /** Waits for those that are still starting before it says yes. */
  async isMute(): Promise<boolean> {
    while (this.#ended >= MUTE_SCENARIOS && !this.#heard) {
      if (this.#playing.size === 0) {
        return true;
      }
      await Promise.race([...this.#playing].map((playing) => playing.catch(() => undefined)));
    }
    return false;
  }
}

function reasonToSkip({ context, options }: Playing, isMute: boolean): string | undefined {
  if (isMute) {
    return `the client sent no request in ${MUTE_SCENARIOS} scenarios and more: it was not started again`;
  }
  if (context.signal.aborted) {
    return options.signal?.aborted === true ? 'the run was interrupted' : "the run's time was up";
  }
  return undefined;
}

/** Everything at once, for clients that somebody else starts; ends when each was visited, or with the run. */
async function playOnOffer(scenarios: readonly ClientScenario[], run: Playing): Promise<readonly Transcript[]> {
  const staged = scenarios.map((scenario) => ({ scenario, ...stageClientScenario(scenario, run.context) }));
  const links = staged.map(({ scenario: { name, does }, url }) => ({ name, does, url }));
  run.context.server.index = indexPage(links);
  run.onProgress({ kind: 'listening', url: `${run.context.server.origin}/`, scenarios: links });
  return Promise.all(
    staged.map(async ({ scenario, play, perform }) => {
      const performed = await perform(1);
      const unvisited = play.requests === 0;
      const transcript = unvisited
        ? skipClientScenario(scenario, run.context, 'no client asked for this scenario')
        : performed;
      run.onProgress({ kind: 'scenario-ended', name: scenario.name, outcome: transcript.outcome });
      run.judge.take(transcript);
      return transcript;
    }),
  );
}

async function playOne(
  scenario: ClientScenario,
  run: Playing,
  attempt: 1 | 2,
  onAsked: () => void,
): Promise<Transcript> {
  run.onProgress({ kind: 'scenario-started', name: scenario.name, does: scenario.does });
  const transcript = await run.gate.enter(() => {
    const { play, perform } = stageClientScenario(scenario, run.context);
    return { started: play.asked.then(onAsked), result: perform(attempt) };
  });
  run.onProgress({ kind: 'scenario-ended', name: scenario.name, outcome: transcript.outcome });
  return transcript;
}

interface Concluding extends Playing {
  readonly rules: Rules;
  readonly plan: ClientPlan;
}

async function conclude(run: Concluding, transcripts: readonly Transcript[]): Promise<RunResult> {
  const { judge, options, context } = run;
  let all = transcripts;
  let results = await judge.results();
  const repetitions = findRepetitions(run.rules, results, all);
  const mayRepeat = !context.signal.aborted && context.driver.starts;
  const names = new Set([...repetitions.values()].flat());
  const again = mayRepeat ? run.plan.scenarios.filter(({ name }) => names.has(name)) : [];
  if (again.length > 0) {
    all = [...all, ...(await playInLanes(again, run, 2))];
    results = mergeAttempts(results, await judge.results(), repetitions);
  }
  judge.tell(results);
  const notes = notesOn(all, run);
  return { report: reportOn(results, all, { ...options, notes }), transcripts: all, notes };
}

function notesOn(transcripts: readonly Transcript[], { context, options }: Concluding): string[] {
  const notes: string[] = [];
  const { driver, signal } = context;
  if (!transcripts.some(({ connections }) => connections.length > 0)) {
    const words = transcripts
      .map(({ process }) => process?.stderr.trim())
      .find((text) => text !== undefined && text !== '');
    const last = words?.split('\n').at(-1)?.slice(0, 200);
    notes.push(`The client sent no request at all.${last === undefined ? '' : ` Its last words: ${last}`}`);
  }
  if (!driver.reports) {
    notes.push('The client reports nothing: only what the wire shows was judged.');
  } else if (!transcripts.some(({ reports }) => reports !== undefined && reports.length > 0)) {
    notes.push('The client reported nothing, although it could: only what the wire shows was judged.');
  }
  if (options.realTime) {
    notes.push("The scenarios were played with the protocol's own times, not scaled down.");
  }
  if (signal.aborted) {
    notes.push('The run was ended before every scenario had been played.');
  }
  return notes;
}
