/** What is known of a run while it works, and the few lines that say so. Pure: the clock comes from outside. */
import { countOrder } from '../report/describe.js';
import { toPrintable, truncate } from '../report/printable.js';
import type { Verdict } from '../report/renderer.js';
import { markOf, type Style, wordOf } from '../report/terminal-style.js';
import type { Progress } from '../run/types.js';

export interface ProgressState {
  readonly planned: number;
  /** Names: what is repeated counts once, and not while it is played again. */
  readonly ended: ReadonlySet<string>;
  /** Name and one sentence of what is going on, in the order of starting. */
  readonly running: ReadonlyMap<string, string>;
  /** Milliseconds from the start within which the run ends; undefined as long as the target declared no cap. */
  readonly boundMs: number | undefined;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** The latest verdicts that somebody has to act on. */
  readonly notable: readonly { readonly verdict: Verdict; readonly id: string; readonly title: string }[];
}

export const initialState: ProgressState = {
  planned: 0,
  ended: new Set(),
  running: new Map(),
  boundMs: undefined,
  verdicts: {},
  notable: [],
};

const shownScenarios = 4;
const shownVerdicts = 3;

export function advance(state: ProgressState, progress: Progress): ProgressState {
  switch (progress.kind) {
    case 'planned':
      return { ...state, planned: progress.scenarios.length };
    case 'bounded':
      return { ...state, boundMs: progress.boundMs };
    case 'scenario-started':
      return {
        ...state,
        ended: new Set([...state.ended].filter((name) => name !== progress.name)),
        running: new Map(state.running).set(progress.name, progress.does),
      };
    case 'scenario-ended': {
      const running = new Map(state.running);
      running.delete(progress.name);
      return { ...state, ended: new Set([...state.ended, progress.name]), running };
    }
    case 'verdict': {
      const { verdict, id, title } = progress.requirement;
      const verdicts = { ...state.verdicts, [verdict]: (state.verdicts[verdict] ?? 0) + 1 };
      const notable = isNotable(verdict)
        ? [...state.notable, { verdict, id, title }].slice(-shownVerdicts)
        : state.notable;
      return { ...state, verdicts, notable };
    }
  }
}

export function isNotable(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'warn' || verdict === 'kit-error';
}

/** Lines of at most `columns`, as text to measure and as text to show. */
export interface FrameLine {
  readonly plain: string;
  readonly shown: string;
}

/** `tick` counts drawings and turns the spinner. */
export function drawFrame(state: ProgressState, elapsedMs: number, tick: number, style: Style): FrameLine[] {
  const columns = style.columns;
  const line = (text: string, show: (cut: string) => string = (cut) => cut): FrameLine => {
    const plain = truncate(text, columns);
    return { plain, shown: show(plain) };
  };
  const spinner = style.unicode ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' : '|/-\\';
  const turn = [...spinner][tick % spinner.length] ?? '';
  const lines = [line(`${turn} ${bar(state, elapsedMs, style.unicode)}${timeOf(state, elapsedMs)}`, style.paint.cyan)];
  const running = [...state.running];
  const nameColumns = Math.max(0, ...running.slice(0, shownScenarios).map(([name]) => name.length));
  for (const [name, does] of running.slice(0, shownScenarios)) {
    lines.push(line(`  ${name.padEnd(nameColumns)}  ${does}`, (cut) => splitDim(cut, nameColumns + 4, style)));
  }
  if (running.length > shownScenarios) {
    const more = running.slice(shownScenarios).map(([name]) => name);
    lines.push(line(`  and ${more.length} more: ${more.join(', ')}`, style.paint.dim));
  }
  const counts = countOrder
    .filter((verdict) => (state.verdicts[verdict] ?? 0) > 0)
    .map((verdict) => `${state.verdicts[verdict]} ${wordOf[verdict]}`);
  const scenarios = `  ${state.ended.size} of ${state.planned} scenarios done`;
  lines.push(line(counts.length === 0 ? scenarios : `${scenarios}; ${counts.join(', ')}`));
  for (const { verdict, id, title } of state.notable) {
    const text = `  ${wordOf[verdict]} ${id} ${toPrintable(title)}`;
    lines.push(line(text, (cut) => `${markOf(verdict, style)} ${cut.slice(2)}`));
  }
  return lines;
}

/** Twenty cells of the time that the run may take; nothing as long as that is unknown. */
function bar({ boundMs }: ProgressState, elapsedMs: number, unicode: boolean): string {
  if (boundMs === undefined || boundMs <= 0) return '';
  const cells = 20;
  const full = Math.round(Math.min(1, elapsedMs / boundMs) * cells);
  const [done, left] = unicode ? ['█', '░'] : ['#', '.'];
  return `${done.repeat(full)}${left.repeat(cells - full)} `;
}

function timeOf({ boundMs }: ProgressState, elapsedMs: number): string {
  const elapsed = `${(elapsedMs / 1000).toFixed(1)} s`;
  if (boundMs === undefined) return `${elapsed}, waiting for the target to declare its cap`;
  return `${elapsed}, at most ${(Math.max(0, boundMs - elapsedMs) / 1000).toFixed(1)} s left`;
}

function splitDim(text: string, at: number, { paint }: Style): string {
  return text.slice(0, at) + paint.dim(text.slice(at));
}
