#!/usr/bin/env node
/**
 * The reference client in Node, as a program that the kit can grade:
 *
 *     conformance run --client "node docs/examples/client-node.mjs"
 *
 * It reads SSE_URL (or its first argument), and prints a JSON object a line for each event, state, error and diagnostic.
 * It ends with 0 when the stream was completed, 1 when it failed, 2 for a wrong call.
 */
import { connectStream, isFinal } from 'resilient-sse/client';

const url = process.argv[2] ?? process.env.SSE_URL;
const token = process.env.SSE_AUTHORIZATION;

if (url === undefined) {
  console.error('Usage: client-node.mjs <url>, or SSE_URL=<url> client-node.mjs');
  process.exit(2);
}

connectStream(url, {
  // In a function, so that a renewed token would go out with the next attempt.
  headers: () => (token === undefined ? {} : { Authorization: token }),
  onEvent: ({ type, id, data }) => report({ type: 'event', event: type, id, data }),
  onState: (change) => {
    const { state, reason, code, message, attempt, maxAttempts, delayMs } = change;
    report({ type: 'state', state, reason: reason ?? code, attempt, maxAttempts, delayMs, code, message });
    if (state === 'failed') {
      report({ type: 'error', code, message });
    }
    if (isFinal(state)) {
      process.exitCode = state === 'failed' ? 1 : 0;
    }
  },
  onDiagnostic: ({ code, message, parameter }) => report({ type: 'diagnostic', code, message, parameter }),
});

function report(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
