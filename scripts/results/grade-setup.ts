/** Grades one client, and plays again what this machine was too busy for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Transcript } from '../../schemas/1.0/types/transcript.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import type { Ready } from './client-setups.js';

export interface GradingOptions {
  /** The build that grades. */
  readonly dist: string;
  readonly concurrency: string;
  /** Runs, of which all but the first play what is still open. */
  readonly attempts: number;
}

/** The last report; it has inconclusive requirements where no attempt was quiet enough. */
export async function gradeSetup({ args, cwd }: Ready, options: GradingOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  const seen = join(folder, 'seen');
  const program = join(options.dist, 'conformance', 'cli', 'main.js');
  const run = async (file: string, all: readonly string[]): Promise<Report> => {
    const path = join(folder, file);
    const child = spawn(process.execPath, [program, ...all, '--report', `json=${path}`], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(child, 'close');
    if (code !== 0 && code !== 1) throw new Error(`conformance ${all.join(' ')}: ended with exit code ${code}`);
    return reportIn(path);
  };
  const play = (concurrency: string, more: readonly string[]): Promise<Report> =>
    run('report.json', ['run', ...args, '--concurrency', concurrency, ...more]);
  try {
    let report = await play(options.concurrency, ['--transcripts', seen]);
    for (let left = options.attempts - 1; left > 0 && report.summary.inconclusive > 0; left -= 1) {
      const again = join(folder, `again-${left}`);
      // One at a time, so that they do not keep each other from the processor.
      await play('1', ['--only', openIn(report).join(','), '--transcripts', again]);
      keepQuietest(seen, again);
      // Each scenario is a client of its own: they need not have been played in one run.
      report = await run('judged.json', ['judge', seen]);
    }
    return report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ids that this machine was too busy for. */
export function openIn({ requirements }: Report): readonly string[] {
  return requirements.filter(({ verdict }) => verdict === 'inconclusive').map(({ id }) => id);
}

function reportIn(path: string): Report {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isOfSchema('report', value)) throw new Error('expected a report');
  return value;
}

/** Leaves in `seen` of each scenario the play that this machine disturbed least, in both folders. */
function keepQuietest(seen: string, again: string): void {
  const quietest = new Map<string, { readonly rank: number; readonly text: string }>();
  for (const folder of [seen, again]) {
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8');
      const { scenario, lagMs, outcome, connections }: Transcript = JSON.parse(text);
      // What was left out, or never began, lagged nothing: it counts only where there is nothing else.
      const rank = outcome === 'done' && connections.length > 0 ? lagMs : Number.MAX_VALUE;
      if (rank < (quietest.get(scenario)?.rank ?? Number.POSITIVE_INFINITY)) quietest.set(scenario, { rank, text });
    }
  }
  rmSync(seen, { recursive: true });
  mkdirSync(seen);
  for (const [scenario, { text }] of quietest) writeFileSync(join(seen, `${scenario}.json`), text);
}
