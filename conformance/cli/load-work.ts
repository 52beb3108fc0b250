/** The work of `conformance load`: checks, starts the reference where it is the target, loads, reports, cleans up. */
import { KitError } from '../kit-error.js';
import { type LoadExport, makeReport } from '../load/make-report.js';
import { runLoad } from '../load/run-load.js';
import { type UsageWatch, watchUsage } from '../load/target-usage.js';
import type { LoadPlan, LoadResult, ShardOptions } from '../load/types.js';
import { findLoadFormat, type LoadFormatName, loadFormatNames } from '../report/load-formats.js';
import { planInWords } from '../report/load-words.js';
import { kitVersion } from '../run/kit-version.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import type { LoadFlags } from './load.js';
import { startDashboard } from './load-dashboard.js';
import { startLoadDisplay } from './load-display.js';
import { readLoadPlan, readSla, readThreads } from './load-options.js';
import { readAnnouncement } from './reference-announcement.js';
import { referenceServer, startProgram } from './reference-process.js';
import { checkWritable, type ReportTarget, readReportTargets, writeReportFile } from './report-option.js';
import { referenceTarget } from './run-options.js';
import { factsOf } from './terminal-facts.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function loadTarget(flags: LoadFlags): Promise<number> {
  checkQueue(flags);
  const plan = readLoadPlan(flags, process.env);
  const sla = readSla(flags.sla);
  const targets = readReportTargets(flags.report, loadFormatNames);
  checkWritable(targets);
  const interruption = watchForInterruption();
  try {
    return await withTarget(plan, flags, async (ready, pid) => {
      const startedAt = new Date().toISOString();
      const startedMs = performance.now();
      const usage = pid === undefined ? undefined : watchUsage(pid, plan.bucketMs);
      const view = await startViews(ready, flags, usage);
      let result: LoadResult;
      try {
        result = await generate(ready, flags, { signal: interruption.signal, onProgress: view.onProgress });
        view.onProgress(result);
      } finally {
        await view.stop(interruption.signal.aborted);
      }
      const report = makeReport(result, {
        kit: kitVersion(),
        target: withoutQuery(ready.target),
        preset: flags.preset ?? null,
        startedAt,
        durationMs: Math.round(performance.now() - startedMs),
        plan: ready,
        sla,
        usage: usage?.stop() ?? null,
      });
      await emit(report, targets);
      return interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(report);
    });
  } finally {
    interruption.release();
  }
}

interface Views {
  onProgress(soFar: LoadResult): void;
  stop(interrupted: boolean): Promise<void>;
}

/** What shows the run while it works: lines in the terminal, and a page where one was asked for. */
async function startViews(plan: LoadPlan, flags: LoadFlags, usage: UsageWatch | undefined): Promise<Views> {
  const { serveDashboard: port, preset = null } = flags;
  const target = withoutQuery(plan.target);
  const page =
    port === undefined ? undefined : await startDashboard(port, target, planInWords({ plan, preset }), plan, usage);
  if (page !== undefined) process.stderr.write(`Live charts: ${page.url}\n`);
  const display = startLoadDisplay(process.stderr, factsOf(process.stderr, process.env), plan, usage);
  return {
    onProgress(soFar) {
      display.onProgress(soFar);
      page?.onProgress(soFar);
    },
    async stop(interrupted) {
      display.stop();
      await page?.close(interrupted ? 'cancelled' : 'done');
    },
  };
}

type Watched = Required<Pick<ShardOptions, 'signal' | 'onProgress'>>;

/** On this machine, or by workers wherever they are. */
async function generate(plan: LoadPlan, flags: LoadFlags, watched: Watched): Promise<LoadResult> {
  const { queue, shares } = flags;
  if (queue === undefined) return runLoad(plan, { threads: readThreads(flags, plan), ...watched });
  const { loadThroughQueue } = await import('./queue-load.js');
  return loadThroughQueue(plan, queue, { ...watched, ...(shares === undefined ? {} : { shares }) });
}

/** Throws `KitError` (`usage`). */
function checkQueue({ queue, shares, threads }: LoadFlags): void {
  if (queue !== undefined && threads !== undefined) {
    throw new KitError('usage', '--threads: with --queue each worker has its own; see conformance worker --threads');
  }
  if (queue === undefined && shares !== undefined) {
    throw new KitError('usage', '--shares: expected --queue with it; on this machine --threads cuts the load');
  }
}

/** Gives the work a target that answers: the one that was named, or a reference server that ends with the work. */
async function withTarget(
  plan: LoadPlan,
  { pid, fast }: LoadFlags,
  work: (plan: LoadPlan, pid: number | undefined) => Promise<number>,
): Promise<number> {
  if (plan.target !== referenceTarget) return work(plan, pid);
  const args = ['--port', '0', '--log-level', 'error', ...(fast ? ['--fast'] : [])];
  const server = await startProgram(referenceServer, { args, showLog: false });
  try {
    return await work({ ...plan, target: readAnnouncement(server.announcement).url }, pid ?? server.pid);
  } finally {
    await server.stop();
  }
}

async function emit(report: LoadExport, targets: readonly ReportTarget<LoadFormatName>[]): Promise<void> {
  const facts = factsOf(process.stdout, process.env);
  for (const { format, file } of targets) {
    const render = await findLoadFormat(format).load();
    const colour = file === undefined && facts.colour;
    const text = render(report, { columns: facts.columns, colour, unicode: facts.unicode, verbose: false });
    if (file === undefined) process.stdout.write(text);
    else writeReportFile(file, text);
  }
}

/** A target that never took a connection is no target that failed its objectives. */
function exitCodeOf({ load }: LoadExport): number {
  const { requests, requestsAnswered } = load.counts;
  const reasons = Object.keys(load.failures).filter((reason) => !reason.startsWith('stream failed'));
  if (requests > 0 && requestsAnswered === 0 && reasons.every((reason) => reason === 'connection refused')) {
    return exitCodes.unreachable;
  }
  if (load.verdict === 'no-verdict') return exitCodes.kitError;
  return load.verdict === 'met' ? exitCodes.conforms : exitCodes.doesNotConform;
}

/** Queries hold secrets, and so may user names. */
function withoutQuery(target: string): string {
  const { origin, pathname } = new URL(target);
  return `${origin}${pathname}`;
}
