/** Shows a run while it works: a few lines that are drawn over themselves on a terminal, plain lines elsewhere. */
import { performance } from 'node:perf_hooks';
import type { WriteStream } from 'node:tty';
import { measureColumns } from '../report/printable.js';
import { styleFor, wordOf } from '../report/terminal-style.js';
import type { Progress } from '../run/types.js';
import { advance, drawFrame, initialState, isNotable } from './progress-state.js';
import type { TerminalFacts } from './terminal-facts.js';

export interface LiveDisplay {
  onProgress(progress: Progress): void;
  /** Takes away what was drawn and gives the cursor back; idempotent. */
  stop(): void;
}

type Output = Pick<WriteStream, 'write' | 'columns' | 'rows'>;

const drawEveryMs = 100;
/** Narrow lines survive a terminal that is made narrower without being folded. */
const widestFrameColumns = 78;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

export function startDisplay(output: Output, facts: TerminalFacts): LiveDisplay {
  return facts.isTerminal ? startLiveDisplay(output, facts) : startPlainDisplay(output);
}

function startLiveDisplay(output: Output, facts: TerminalFacts): LiveDisplay {
  const startedAt = performance.now();
  let state = initialState;
  let widths: number[] = [];
  let tick = 0;
  let stopped = false;

  /** Rows that the last frame takes now: a narrower terminal has folded its lines. */
  const erase = () => {
    const columns = Math.max(1, output.columns);
    const rows = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '\r' : `\x1b[${rows}A\r\x1b[J`;
  };
  const draw = () => {
    const columns = Math.max(20, Math.min(output.columns - 1, widestFrameColumns));
    const style = { ...styleFor({ ...facts, columns, verbose: false }), columns };
    const frame = drawFrame(state, performance.now() - startedAt, tick, style).slice(0, Math.max(1, output.rows - 1));
    const text = erase() + frame.map(({ shown }) => `${shown}\n`).join('');
    widths = frame.map(({ plain }) => measureColumns(plain));
    tick += 1;
    output.write(text);
  };
  const restore = () => output.write(showCursor);

  output.write(hideCursor);
  process.once('exit', restore);
  draw();
  const timer = setInterval(draw, drawEveryMs);
  timer.unref();
  return {
    onProgress(progress) {
      state = advance(state, progress);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      process.off('exit', restore);
      output.write(erase() + showCursor);
    },
  };
}

/** For logs: a line when something ended or fell, none that overwrites another. */
function startPlainDisplay(output: Output): LiveDisplay {
  const startedAt = performance.now();
  let state = initialState;
  const say = (text: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    output.write(`${seconds.padStart(6)} s  ${text}\n`);
  };
  return {
    onProgress(progress) {
      state = advance(state, progress);
      if (progress.kind === 'planned') say(`${state.planned} scenarios planned`);
      if (progress.kind === 'bounded') say(`the run ends within ${(progress.boundMs / 1000).toFixed(1)} s`);
      if (progress.kind === 'scenario-ended') {
        say(`${progress.name}: ${progress.outcome} (${state.ended.size} of ${state.planned})`);
      }
      if (progress.kind === 'verdict' && isNotable(progress.requirement.verdict)) {
        const { verdict, id, title } = progress.requirement;
        say(`${wordOf[verdict]} ${id} ${title}`);
      }
    },
    stop: () => undefined,
  };
}
