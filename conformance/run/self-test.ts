/** Grades the kit itself: every faulty twin has to be caught in its requirement alone, and nothing may pass vacuously. */
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Report } from '../../schemas/1.0/types/report.js';
import { KitError } from '../kit-error.js';
import type { FaultyServers, FaultyTwin, NullTarget, ServerAddress, SoundServer, Target } from './faulty-servers.js';
import { gradeServer } from './grade-server.js';
import type { RunOptions } from './types.js';

type Requirement = Report['requirements'][number];

export interface TwinResult {
  readonly name: string;
  readonly breaks: string;
  readonly alsoBreaks: readonly string[];
  readonly why: string;
  /** Whether the verdict on `breaks` is `fail` or `warn`. */
  readonly caught: boolean;
  /** Every requirement that it failed. */
  readonly failed: readonly string[];
  /** What was seen of the requirement that it breaks; the reason where it was not caught. */
  readonly evidence: Requirement['evidence'];
  readonly verdict: Requirement['verdict'] | 'unreachable';
  readonly reason?: string;
}

export interface SelfTestResult {
  readonly twins: readonly TwinResult[];
  /** Twins that were not caught. */
  readonly missed: readonly { readonly name: string; readonly breaks: string; readonly reason: string }[];
  /** Requirements held against the reference, a sound server, or a twin that does not name them in `breaks` or `alsoBreaks`. */
  readonly wronglyAccused: readonly {
    readonly name: string;
    readonly requirement: string;
    readonly evidence: Requirement['evidence'];
  }[];
  /** Requirements that a null target passed although it never did what they are about. */
  readonly vacuous: readonly { readonly name: string; readonly requirement: string }[];
  /** Targets whose first result was not the expected one and that were graded again, with few others beside them. */
  readonly repeated: readonly string[];
  /** Faults of the kit itself while it graded: the name of the target and what broke. */
  readonly kitErrors: readonly { readonly name: string; readonly requirement: string; readonly reason: string }[];
  /** Absent where no reference was given. */
  readonly reference?: Report;
  readonly durationMs: number;
}

export interface SelfTestOptions {
  readonly faulty: FaultyServers;
  readonly reference?: ServerAddress;
  readonly spec: string;
  /** Targets graded at the same time. */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly of: number; readonly name: string }) => void;
}

/** More at a time make the kit's own event loop late, and lateness makes verdicts inconclusive. */
const PARALLEL = 12;

/** What was not as expected is graded again like this: many targets in one process can starve each other. */
const PARALLEL_AGAIN = 3;

/** Lanes begin apart, so that not all open their connections in the same moment. Milliseconds. */
const LANE_STEP_MS = 150;

/** The twins' streams last a second: requests that wait for each other would come when all is over. */
const CONCURRENCY = 64;

/** Caps of the twins are short; a target that never answers must not hold up the rest. Milliseconds. */
const LONGEST_RUN_MS = 8000;

/** Throws `KitError`: `kit` for a list without twins, or what the run of the reference throws. */
export async function selfTest(options: SelfTestOptions): Promise<SelfTestResult> {
  const { faulty, reference } = options;
  const { sound = [] } = faulty;
  if (faulty.twins.length === 0) {
    throw new KitError('usage', 'expected at least one faulty twin, got none: nothing would be tested');
  }
  const startedAtMs = performance.now();
  if (options.signal !== undefined) {
    // Every run listens.
    setMaxListeners(0, options.signal);
  }
  let total = faulty.twins.length + sound.length + faulty.nulls.length + (reference === undefined ? 0 : 1);
  let done = 0;
  const graded = async (name: string, target: Target): Promise<Report | KitError> => {
    const report = await grade(target, options).catch((error: unknown) => {
      if (error instanceof KitError) return error;
      throw error;
    });
    done += 1;
    options.onProgress?.({ done, of: total, name });
    return report;
  };
  const reports = new Map<string, Report | KitError>();
  // Alone and first, because it has to pass everything that depends on time.
  if (reference !== undefined) {
    reports.set(REFERENCE, await graded(REFERENCE, reference));
  }
  const targets = [
    ...faulty.twins.map((twin) => ({ key: `twin ${twin.name}`, ...twin })),
    ...sound.map((server) => ({ key: `sound ${server.name}`, ...server })),
    ...faulty.nulls.map((target) => ({ key: `null ${target.name}`, occasions: {}, ...target })),
  ];
  const gradeAll = (some: typeof targets, width: number): Promise<void> =>
    inParallel(some, width, async ({ key, ...target }) => {
      reports.set(key, await graded(key, target));
    });
  await gradeAll(targets, options.parallel ?? PARALLEL);
  const again = targets.filter((target) => isSuspect(target, reports.get(target.key)));
  total += again.length;
  await gradeAll(again, PARALLEL_AGAIN);
  const ofReference = reports.get(REFERENCE);
  if (ofReference instanceof KitError) {
    throw ofReference;
  }
  const twins = faulty.twins.map((twin) => judgeTwin(twin, reports.get(`twin ${twin.name}`)));
  return {
    twins,
    missed: twins
      .filter(({ caught }) => !caught)
      .map(({ name, breaks, verdict, reason }) => ({ name, breaks, reason: reason ?? verdict })),
    wronglyAccused: [
      ...accusationsOf(REFERENCE, ofReference),
      ...sound.flatMap(({ name }) => accusationsOf(name, reports.get(`sound ${name}`))),
      ...faulty.twins.flatMap((twin) => accusedWrongly(twin, reports.get(`twin ${twin.name}`))),
    ],
    vacuous: faulty.nulls.flatMap((target) => passedVacuously(target, reports.get(`null ${target.name}`))),
    repeated: again.map(({ name }) => name),
    kitErrors: [...reports].flatMap(([name, report]) => kitErrorsOf(name, report)),
    ...(ofReference === undefined ? {} : { reference: ofReference }),
    durationMs: Math.round(performance.now() - startedAtMs),
  };
}

const REFERENCE = 'reference';

/** A twin that has shut down cannot be asked again. */
function isSuspect(target: FaultyTwin | SoundServer | NullTarget, report: Report | KitError | undefined): boolean {
  if ('mayPass' in target) {
    return passedVacuously(target, report).length > 0;
  }
  if (!('breaks' in target)) {
    return failuresOf(report).length > 0;
  }
  const asExpected = judgeTwin(target, report).caught && accusedWrongly(target, report).length === 0;
  return !asExpected && target.shutdown === undefined;
}

async function grade(target: Target, { spec, signal }: SelfTestOptions): Promise<Report> {
  const { url, occasions, headers = [], otherHeaders, shutdown, http2 } = target;
  const run: RunOptions = {
    target: {
      url,
      occasions,
      headers,
      ...(otherHeaders === undefined ? {} : { otherHeaders }),
      choosesStreamId: true,
      ...(http2 === undefined ? {} : { connect: { http2 } }),
    },
    spec,
    level: 'Resume',
    only: [],
    strict: false,
    acceptUnobserved: [],
    concurrency: CONCURRENCY,
    timeoutMs: LONGEST_RUN_MS,
    quick: false,
    keepsBusy: true,
    ...(shutdown === undefined ? {} : { shutdown: () => post(shutdown) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return (await gradeServer(run)).report;
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' });
  await response.arrayBuffer();
}

function failuresOf(report: Report | KitError | undefined): readonly Requirement[] {
  return report === undefined || report instanceof KitError
    ? []
    : report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
}

function accusationsOf(name: string, report: Report | KitError | undefined): SelfTestResult['wronglyAccused'] {
  return failuresOf(report).map(({ id, evidence }) => ({ name, requirement: id, evidence }));
}

function judgeTwin(twin: FaultyTwin, report: Report | KitError | undefined): TwinResult {
  const { name, breaks, alsoBreaks, why } = twin;
  const failed = failuresOf(report).map(({ id }) => id);
  if (report === undefined || report instanceof KitError) {
    const reason = report?.message ?? 'not graded';
    return { name, breaks, alsoBreaks, why, caught: false, failed, evidence: [], verdict: 'unreachable', reason };
  }
  const broken = report.requirements.find(({ id }) => id === breaks);
  const reason = broken === undefined ? 'no such requirement' : broken.reason;
  return {
    name,
    breaks,
    alsoBreaks,
    why,
    caught: failed.includes(breaks),
    failed,
    evidence: broken?.evidence ?? [],
    verdict: broken?.verdict ?? 'not-observed',
    ...(reason === undefined ? {} : { reason }),
  };
}

function accusedWrongly(twin: FaultyTwin, report: Report | KitError | undefined): SelfTestResult['wronglyAccused'] {
  return failuresOf(report)
    .filter(({ id }) => id !== twin.breaks && !twin.alsoBreaks.includes(id))
    .map(({ id, evidence }) => ({ name: twin.name, requirement: id, evidence }));
}

function passedVacuously(target: NullTarget, report: Report | KitError | undefined): SelfTestResult['vacuous'] {
  if (report === undefined || report instanceof KitError) {
    return [];
  }
  return report.requirements
    .filter(({ id, verdict }) => verdict === 'pass' && !target.mayPass.includes(id))
    .map(({ id }) => ({ name: target.name, requirement: id }));
}

function kitErrorsOf(name: string, report: Report | KitError | undefined): SelfTestResult['kitErrors'] {
  if (report instanceof KitError) {
    return report.code === 'kit' ? [{ name, requirement: '', reason: report.message }] : [];
  }
  return (report?.requirements ?? [])
    .filter(({ verdict }) => verdict === 'kit-error')
    .map(({ id, reason }) => ({ name, requirement: id, reason: reason ?? '' }));
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (_: unknown, number: number): Promise<void> => {
    await setTimeout(number * LANE_STEP_MS);
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(width, items.length)) }, lane));
}
