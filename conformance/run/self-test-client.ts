/** Grades the kit by clients: every faulty twin has to be caught in its requirement alone, and nothing may pass vacuously. */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../schemas/1.0/types/report.js';
import { clientRuleBook } from '../client/rules/index.js';
import { KitError } from '../kit-error.js';
import type { FaultyClients, FaultyClientTwin, NullClientTarget } from './faulty-clients.js';
import { judgeWith, type Rules } from './judge-with.js';
import { runClient } from './run-client.js';
import type { SelfTestResult, TwinResult } from './self-test.js';
import { rulesFor, rulesForNobody, rulesForSound } from './self-test-client-plan.js';

type Requirement = Report['requirements'][number];

export interface ClientSelfTestOptions {
  readonly faulty: FaultyClients;
  readonly spec: string;
  /** Ids, areas or names; empty for all. */
  readonly only?: readonly string[];
  /** True grades the reference client by all scenarios first. */
  readonly withReference?: boolean;
  /** Clients graded at the same time. */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly of: number; readonly name: string }) => void;
}

/** Most of the time of a client is waiting; its start is not, and clients that start together keep each other from their times. */
const PARALLEL = 2 * availableParallelism();
const PARALLEL_AGAIN = 1;

/** Processes of one client at the same time. */
const CONCURRENCY = 4;
const CONCURRENCY_OF_REFERENCE = 12;

/** What null clients are graded by: any rule will do, since all are judged. */
const ANY = 'RETRY-001';

const REFERENCE = 'reference';
/** The reference where it can be hidden and woken. */
const REFERENCE_IN_PAGE = 'reference-in-page';
const PAGE = ['STATE-010', 'STATE-011'];

interface Graded {
  readonly key: string;
  readonly name: string;
  readonly rules: Rules;
  readonly inPage: boolean;
  readonly concurrency: number;
  /** Told from what was judged. */
  readonly isAsExpected: (report: Report) => boolean;
}

/** Throws `KitError`: `usage` where no twin is chosen, or what the run of a client throws. */
export async function selfTestClients(options: ClientSelfTestOptions): Promise<SelfTestResult> {
  const { faulty, only = [] } = options;
  const words = only.map((word) => word.toLowerCase());
  const twins = faulty.twins.filter(({ name, breaks }) => isChosen([name, breaks, breaks.replace(/-\d+$/, '')], words));
  const nulls = faulty.nulls.filter(({ name }) => isChosen([name], words));
  const sound = faulty.sound.filter((name) => isChosen([name], words));
  if (twins.length + nulls.length + sound.length === 0) {
    throw new KitError('usage', 'expected at least one faulty client, got none: nothing would be tested');
  }
  const startedAtMs = performance.now();
  if (options.signal !== undefined) {
    // Every run listens.
    setMaxListeners(0, options.signal);
  }
  const folder = await mkdtemp(join(tmpdir(), 'resilient-sse-'));
  try {
    const reports = new Map<string, Report>();
    const all = [...twins.map(gradedTwin), ...sound.map(gradedSound), ...nulls.map(gradedNull)];
    const references = options.withReference === true ? [reference(), referenceInPage()] : [];
    const progress = { done: 0, of: all.length + references.length };
    const gradeAll = (some: readonly Graded[], width: number): Promise<void> =>
      inParallel(some, width, async (one) => {
        reports.set(one.key, await grade(one, folder, options));
        progress.done += 1;
        options.onProgress?.({ ...progress, name: one.name });
      });
    await gradeAll(references, 1);
    await gradeAll(all, options.parallel ?? PARALLEL);
    const again = all.filter(({ key, isAsExpected }) => !isAsExpected(reportOf(reports, key)));
    progress.of += again.length;
    await gradeAll(again, PARALLEL_AGAIN);
    const results = twins.map((twin) => judgeTwin(twin, reportOf(reports, twin.name)));
    const accused = [REFERENCE, REFERENCE_IN_PAGE, ...sound].flatMap((name) => {
      const report = reports.get(name);
      return report === undefined
        ? []
        : failuresOf(report).map(({ id, evidence }) => ({ name, requirement: id, evidence }));
    });
    const ofReference = reports.get(REFERENCE);
    return {
      twins: results,
      missed: results
        .filter(({ caught }) => !caught)
        .map(({ name, breaks, verdict, reason }) => ({ name, breaks, reason: reason ?? verdict })),
      wronglyAccused: [...accused, ...twins.flatMap((twin) => accusedWrongly(twin, reportOf(reports, twin.name)))],
      vacuous: nulls.flatMap((target) => passedVacuously(target, reportOf(reports, target.name))),
      repeated: again.map(({ name }) => name),
      kitErrors: [...reports].flatMap(([name, report]) => kitErrorsOf(name, report)),
      ...(ofReference === undefined ? {} : { reference: ofReference }),
      durationMs: Math.round(performance.now() - startedAtMs),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isChosen(names: readonly string[], words: readonly string[]): boolean {
  return words.length === 0 || names.some((name) => words.includes(name.toLowerCase()));
}

function gradedTwin(twin: FaultyClientTwin): Graded {
  const { name, inPage } = twin;
  const isAsExpected = (report: Report): boolean =>
    judgeTwin(twin, report).caught && accusedWrongly(twin, report).length === 0;
  return { key: name, name, inPage, rules: rulesFor(twin.breaks), concurrency: CONCURRENCY, isAsExpected };
}

function gradedSound(name: string): Graded {
  const isAsExpected = (report: Report): boolean => failuresOf(report).length === 0;
  return { key: name, name, inPage: false, rules: rulesForSound(ANY), concurrency: CONCURRENCY, isAsExpected };
}

function gradedNull(target: NullClientTarget): Graded {
  const { name } = target;
  const isAsExpected = (report: Report): boolean => passedVacuously(target, report).length === 0;
  return { key: name, name, inPage: false, rules: rulesForNobody(ANY), concurrency: CONCURRENCY, isAsExpected };
}

function reference(): Graded {
  const rest = { inPage: false, rules: clientRuleBook, isAsExpected: () => true };
  return { key: REFERENCE, name: REFERENCE, concurrency: CONCURRENCY_OF_REFERENCE, ...rest };
}

function referenceInPage(): Graded {
  const rules = Object.assign({}, ...PAGE.map(rulesFor));
  const rest = { inPage: true, rules, isAsExpected: () => true };
  return { key: REFERENCE_IN_PAGE, name: REFERENCE, concurrency: CONCURRENCY, ...rest };
}

/** Plays what the rules need, and judges with all rules: an accusation counts wherever it comes from. */
async function grade(graded: Graded, folder: string, { faulty, spec, signal }: ClientSelfTestOptions): Promise<Report> {
  const { name, rules, inPage, concurrency, key } = graded;
  const all = { spec, level: 'Resume', strict: false, acceptUnobserved: [], quick: false } as const;
  const ids = Object.keys(rules);
  const { transcripts } = await runClient(rules, {
    ...all,
    only: key === REFERENCE ? [] : ids,
    driver: faulty.driver(name, { inPage, folder: join(folder, name) }),
    concurrency,
    realTime: false,
    ...(signal === undefined ? {} : { signal }),
  });
  return judgeWith(clientRuleBook, transcripts, { ...all, only: [] });
}

function reportOf(reports: ReadonlyMap<string, Report>, name: string): Report {
  const report = reports.get(name);
  if (report === undefined) {
    throw new KitError('kit', `expected that the client ${name} was graded; it was not`);
  }
  return report;
}

function failuresOf(report: Report): readonly Requirement[] {
  return report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
}

function judgeTwin({ name, breaks, alsoBreaks, why }: FaultyClientTwin, report: Report): TwinResult {
  const failed = failuresOf(report).map(({ id }) => id);
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

function accusedWrongly(twin: FaultyClientTwin, report: Report): SelfTestResult['wronglyAccused'] {
  return failuresOf(report)
    .filter(({ id }) => id !== twin.breaks && !twin.alsoBreaks.includes(id))
    .map(({ id, evidence }) => ({ name: twin.name, requirement: id, evidence }));
}

function passedVacuously(target: NullClientTarget, report: Report): SelfTestResult['vacuous'] {
  return report.requirements
    .filter(({ id, verdict }) => verdict === 'pass' && !target.mayPass.includes(id))
    .map(({ id }) => ({ name: target.name, requirement: id }));
}

function kitErrorsOf(name: string, report: Report): SelfTestResult['kitErrors'] {
  return report.requirements
    .filter(({ verdict }) => verdict === 'kit-error')
    .map(({ id, reason }) => ({ name, requirement: id, reason: reason ?? '' }));
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(width, items.length)) }, lane));
}
