/** A run against a server with any book of rules: plan, observe, judge, report. Prints nothing. */

import { setMaxListeners } from 'node:events';
import { FollowingTransport } from '../evidence/recorder/following-transport.js';
import { startLagMonitor } from '../evidence/recorder/lag.js';
import { createRunBudgets, RECORDER_LIMITS } from '../evidence/recorder/limits.js';
import { createRedactor } from '../evidence/recorder/redact.js';
import { HttpTransport } from '../evidence/recorder/transport.js';
import type { Ending, RecordedResponse, Transcript } from '../evidence/types.js';
import { selectRequirements } from '../judge/selection.js';
import { KitError } from '../kit-error.js';
import { serverScenarios } from '../server/scenarios/index.js';
import type { Scenario } from '../server/scenarios/scenario.js';
import { readRequirements } from '../spec/read-spec.js';
import { type Conductor, createConductor } from './conduct.js';
import { Gate } from './gate.js';
import { askedOf, type Rules, reportOn } from './judge-with.js';
import { kitVersion } from './kit-version.js';
import { LiveJudge } from './live-judge.js';
import { notesOnTarget } from './notes.js';
import { type RunContext, skipScenario } from './perform.js';
import { type Plan, type Planned, planScenarios } from './plan.js';
import { findRepetitions, mergeAttempts, type Repetitions } from './repeat.js';
import type { Progress, RunOptions, RunResult } from './types.js';

/** A run that goes on for this long has time to judge while it observes. */
const UNHURRIED_MS = 5000;

/** On a busy machine everything lasts longer, and what was cut off would not be observed. */
const GRACE_MS = 5000;

/** Throws `KitError` alone. */
export async function runServer(
  rules: Rules,
  options: RunOptions,
  watcher?: (progress: Progress) => void,
): Promise<RunResult> {
  const onProgress = watcher ?? (() => undefined);
  const all = readRequirements(options.spec);
  const requirements = selectRequirements(all, 'server', options.only);
  selectRequirements(all, 'server', options.acceptUnobserved);
  const plan = planScenarios(serverScenarios, requirements, rules, options);
  onProgress({
    kind: 'planned',
    scenarios: [...plan.first, ...plan.rest, ...plan.last].map(({ scenario }) => scenario.name),
  });
  const { lag, stop } = watch(options);
  const { connect = {} } = options.target;
  const transport = new FollowingTransport(new HttpTransport(connect), connect.redirectsTo ?? []);
  const contact = awaitContact();
  const context: RunContext = {
    target: options.target,
    spec: options.spec,
    kit: kitVersion(),
    transport,
    redactor: createRedactor(
      [...options.target.headers, ...(options.target.otherHeaders ?? [])],
      [options.target.url, ...Object.values(options.target.occasions)],
    ),
    budgets: createRunBudgets(),
    limits:
      options.timeoutMs === undefined
        ? {}
        : { headTimeoutMs: Math.min(options.timeoutMs, RECORDER_LIMITS.headTimeoutMs) },
    gate: new Gate(options.concurrency),
    lag,
    signal: stop.signal,
    shutdown: options.shutdown ?? (() => Promise.resolve()),
    onAnswer: contact.onAnswer,
    graceMs: options.timeoutMs === undefined ? GRACE_MS : 0,
  };
  try {
    const judge = new LiveJudge({
      rules,
      requirements,
      scenarios: namesIn(plan),
      asked: askedOf(options),
      ...(watcher === undefined ? {} : { onVerdict: (requirement) => watcher({ kind: 'verdict', requirement }) }),
    });
    const conductor: Conductor = createConductor(context, options, onProgress, (transcript) =>
      judge.take(transcript, conductor.remainingMs() > UNHURRIED_MS),
    );
    const transcripts = await observe(plan, context, conductor, contact.made, judge);
    return await conclude({ rules, options, plan, conductor, judge, transport }, transcripts);
  } finally {
    stop.abort();
    lag.stop();
    context.transport.close();
  }
}

function namesIn({ first, rest, last, skipped }: Plan): readonly string[] {
  return [...first, ...rest, ...last, ...skipped].map(({ scenario }) => scenario.name);
}

function watch({ signal, keepsBusy = false }: RunOptions) {
  const stop = new AbortController();
  // Every scenario listens.
  setMaxListeners(0, stop.signal);
  if (signal?.aborted === true) {
    stop.abort();
  }
  signal?.addEventListener('abort', () => stop.abort(), { once: true, signal: stop.signal });
  return { lag: startLagMonitor({ countsWaiting: !keepsBusy }), stop };
}

/** What became of the very first request: its answer, or how it ended without one. */
type Contact = { readonly response: RecordedResponse | null; readonly end: Promise<Ending> };

function awaitContact() {
  let resolve: (contact: Contact) => void = () => undefined;
  const made = new Promise<Contact>((settle) => {
    resolve = settle;
  });
  const onAnswer: RunContext['onAnswer'] = (response, end) => resolve({ response, end });
  return { made, onAnswer };
}

async function observe(
  plan: Plan,
  context: RunContext,
  conductor: Conductor,
  made: Promise<Contact>,
  judge: LiveJudge,
): Promise<readonly Transcript[]> {
  const skip = (scenario: Scenario, reason: string): Transcript => {
    const transcript = skipScenario(scenario, context, reason);
    judge.take(transcript);
    return transcript;
  };
  const skipped = plan.skipped.map(({ scenario, reason }) => skip(scenario, reason));
  if (plan.first.length === 0) {
    return [...skipped, ...(await conductor.play(plan.last, 1))];
  }
  const first = conductor.play(plan.first, 1);
  // A run that ends before any request went out has no contact, but its scenarios end.
  const contact = await Promise.race([made, first.then(() => undefined)]);
  if (contact !== undefined && (await isSilent(contact, context))) {
    const reason = 'the target gave no answer to the first request';
    const unasked = [...plan.rest, ...plan.last].map(({ scenario }) => skip(scenario, reason));
    return [...(await first), ...unasked, ...skipped];
  }
  const played = (await Promise.all([first, conductor.play(plan.rest, 1)])).flat();
  return [...played, ...(await conductor.play(plan.last, 1)), ...skipped];
}

/** True where the target accepted the request and then said nothing. Throws `KitError` (`unreachable`). */
async function isSilent(contact: Contact, context: RunContext): Promise<boolean> {
  if (contact.response !== null) {
    return false;
  }
  const end = await contact.end;
  const hint = HINT[end.kind];
  if (hint !== undefined) {
    const detail = context.redactor.text(end.detail ?? end.kind);
    const url = context.redactor.url(context.target.url);
    throw new KitError('unreachable', `expected a server at ${url}, got: ${detail}. ${hint}`);
  }
  return end.kind === 'timeout';
}

const HINT: Readonly<Partial<Record<Ending['kind'], string>>> = {
  refused: 'Start it, or check the host and the port.',
  dns: 'Check the name of the host.',
  tls: 'Check that it speaks TLS there and that its certificate can be trusted.',
};

interface Concluding {
  readonly rules: Rules;
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly conductor: Conductor;
  readonly judge: LiveJudge;
  readonly transport: FollowingTransport;
}

async function conclude(run: Concluding, transcripts: readonly Transcript[]): Promise<RunResult> {
  const { rules, options, plan, conductor, judge, transport } = run;
  let all = transcripts;
  let results = await judge.results();
  const repetitions = findRepetitions(rules, results, all);
  const mayRepeat = options.signal?.aborted !== true && conductor.mayRepeat();
  const again = mayRepeat ? plannedIn(plan, repetitions) : [];
  if (again.length > 0) {
    all = [...all, ...(await conductor.play(again, 2))];
    results = mergeAttempts(results, await judge.results(), repetitions);
  }
  judge.tell(results);
  const notes = [
    ...(conductor.cutShort ? ['The declared cap is longer than the run was allowed to last.'] : []),
    ...notesOnTarget(options.target, all),
    ...transport.notes,
  ];
  return { report: reportOn(results, all, { ...options, notes }), transcripts: all, notes };
}

/** Never the scenario that shuts the target down. */
function plannedIn(plan: Plan, repetitions: Repetitions): readonly Planned[] {
  const names = new Set([...repetitions.values()].flat());
  return [...plan.first, ...plan.rest].filter(({ scenario }) => names.has(scenario.name));
}
