/** Runs the client from a command line: reads the stream of `SSE_URL` and prints a JSON line for all that it tells. */
import { connectStream } from './index.js';
import type { StateChange } from './types.js';

const url = process.env.SSE_URL ?? process.argv[2];

if (url === undefined) {
  process.stderr.write('expected the URL of a stream in SSE_URL or as the argument, got none\n');
  process.exitCode = 2;
} else {
  follow(url);
}

function follow(streamUrl: string): void {
  connectStream(streamUrl, {
    transport: 'fetch',
    traceId: crypto.randomUUID(),
    headers: { Authorization: process.env.SSE_AUTHORIZATION ?? 'Bearer of-the-adapter' },
    onEvent: ({ type, id, data }) => print({ type: 'event', event: type, id: id === null ? null : String(id), data }),
    onState: printState,
    onDiagnostic: (diagnostic) => print({ type: 'diagnostic', ...diagnostic }),
  });
}

function printState({ state, attempt, maxAttempts, delayMs, reason, truncated, code, message }: StateChange): void {
  print({ type: 'state', state, attempt, maxAttempts, delayMs, reason: reason ?? code, truncated, code, message });
  if (state === 'failed') {
    print({ type: 'error', code, message });
  }
}

/** Members that are undefined are left out. A pipe is written at once, so that the time of a line is that of its cause. */
function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
