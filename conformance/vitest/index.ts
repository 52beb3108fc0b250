/** Requirements as tests of a team's own suite: `resilient-sse/vitest`. */
import { beforeAll, describe, it, type TestContext } from 'vitest';
import type { Report } from '../../schemas/1.0/types/report.js';
import { type GradeClientOptions, type GradeServerOptions, gradeClient, gradeServer } from '../grading.js';
import { countsAgainst } from '../judge/grade.js';
import { selectRequirements } from '../judge/selection.js';
import { readRequirements } from '../spec/read-spec.js';
import { areaOf, type Requirement } from '../spec/requirement.js';
import { messageOf } from './message.js';

type Row = Report['requirements'][number];

/** What tests add to the options of a run. */
export interface TestOptions {
  /** Known failures, id to reason: their tests pass as long as they fail, and fail when they are mended. */
  readonly knownFailures?: Readonly<Record<string, string>>;
  /** Bound on the whole run in milliseconds, for vitest; default two minutes. */
  readonly hookTimeoutMs?: number;
}

/** A value, or a function that starts the target first and gives the value. */
type OrStart<T> = T | (() => T | Promise<T>);

export type TestServerOptions = Omit<GradeServerOptions, 'target'> &
  TestOptions & { readonly target: OrStart<GradeServerOptions['target']> };

export type TestClientOptions = Omit<GradeClientOptions, 'client'> &
  TestOptions & { readonly client: OrStart<GradeClientOptions['client']> };

/** Two minutes: a cap of one, as by default, and time for a busy machine. */
const usualTimeoutMs = 120_000;

/**
 * Grades a server once, and makes each requirement of the asked level (default `Resume`), or of `only`, a test of its
 * own. What is not required, or does not apply, is skipped with its reason; a recommendation that is not followed is
 * annotated.
 */
export function testServer(
  name: string,
  { target, knownFailures, hookTimeoutMs, ...options }: TestServerOptions,
): void {
  testRequirements(name, 'server', { ...options, ...given({ knownFailures, hookTimeoutMs }) }, async () =>
    gradeServer({ ...options, target: await started(target) }),
  );
}

/** The same for a client. */
export function testClient(
  name: string,
  { client, knownFailures, hookTimeoutMs, ...options }: TestClientOptions,
): void {
  testRequirements(name, 'client', { ...options, ...given({ knownFailures, hookTimeoutMs }) }, async () =>
    gradeClient({ ...options, client: await started(client) }),
  );
}

type Selecting = TestOptions & Pick<GradeServerOptions, 'spec' | 'level' | 'only'>;

function testRequirements(
  name: string,
  role: Requirement['role'],
  { spec = '1.0', level = 'Resume', only = [], knownFailures = {}, hookTimeoutMs = usualTimeoutMs }: Selecting,
  grade: () => Promise<{ readonly report: Report }>,
): void {
  const levels = ['Core', 'Live', 'Resume'].slice(0, ['Core', 'Live', 'Resume'].indexOf(level) + 1);
  const selected = selectRequirements(readRequirements(spec), role, only).filter(
    (requirement) => only.length > 0 || levels.includes(requirement.level),
  );
  describe(name, () => {
    let rows: ReadonlyMap<string, Row> = new Map();
    beforeAll(async () => {
      const { report } = await grade();
      rows = new Map(report.requirements.map((row) => [row.id, row]));
    }, hookTimeoutMs);
    for (const area of new Set(selected.map(({ id }) => areaOf(id)))) {
      describe(area, () => {
        for (const { id, title } of selected.filter((requirement) => areaOf(requirement.id) === area)) {
          it(`${id} ${title}`, (context) => conclude(id, rows.get(id), knownFailures, context));
        }
      });
    }
  });
}

async function conclude(
  id: string,
  row: Row | undefined,
  known: Readonly<Record<string, string>>,
  context: TestContext,
): Promise<void> {
  if (row === undefined) {
    throw new Error(`${id} was not judged: the run ended before its report`);
  }
  if (Object.hasOwn(known, id)) {
    if (!countsAgainst(row)) {
      throw new Error(`${id} is among the known failures (${known[id]}), but no longer fails: take it out`);
    }
    await context.annotate(`known failure: ${known[id]}`, 'notice');
  } else if (countsAgainst(row)) {
    throw new Error(messageOf(row));
  } else if (row.verdict === 'warn') {
    await context.annotate(messageOf(row), 'warning');
  } else if (row.verdict !== 'pass') {
    context.skip(row.reason ?? row.verdict);
  }
}

async function started<T extends string | object>(value: OrStart<T>): Promise<T> {
  return typeof value === 'function' ? value() : value;
}

/** Without members that were not given. */
function given({
  knownFailures,
  hookTimeoutMs,
}: {
  readonly [K in keyof TestOptions]: TestOptions[K] | undefined;
}): TestOptions {
  return {
    ...(knownFailures === undefined ? {} : { knownFailures }),
    ...(hookTimeoutMs === undefined ? {} : { hookTimeoutMs }),
  };
}
