/** Turns what the client tells into the JSON lines that a program prints for whoever watches it. */
import type { StateChange, StreamOptions } from './types.js';

export type Print = (line: Readonly<Record<string, unknown>>) => void;

/** Callbacks that print a line for each event, state and diagnostic, and one more for a failure. */
export function printing(print: Print): Pick<StreamOptions, 'onEvent' | 'onState' | 'onDiagnostic'> {
  return {
    onEvent: ({ type, id, data }) => print({ type: 'event', event: type, id: id === null ? null : String(id), data }),
    onState: (change) => printState(print, change),
    onDiagnostic: (diagnostic) => print({ type: 'diagnostic', ...diagnostic }),
  };
}

function printState(print: Print, change: StateChange): void {
  const { state, attempt, maxAttempts, delayMs, reason, truncated, code, message } = change;
  print({ type: 'state', state, attempt, maxAttempts, delayMs, reason: reason ?? code, truncated, code, message });
  if (state === 'failed') {
    print({ type: 'error', code, message });
  }
}

/** Members that are undefined are left out. A pipe is written at once, so that the time of a line is that of its cause. */
export const printLine: Print = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
