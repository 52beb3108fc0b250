#!/usr/bin/env node
/** The reference client as a program that reports what it does, a JSON object a line: `conformance run --client reference`. */
import { connectStream, isFinal } from './index.js';

/** Below the kit's largest event, so that the limit shows. */
const LIMIT_BYTES = 2 * 1024 * 1024;

function report(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const url = process.env.SSE_URL;
if (url === undefined) {
  process.stderr.write('expected the URL of a stream in SSE_URL\n');
  process.exitCode = 2;
} else {
  connectStream(url, {
    traceId: `adapter-${process.pid}`,
    headers: () => ({ Authorization: process.env.SSE_AUTHORIZATION ?? 'Bearer of-the-adapter' }),
    maxEventBytes: LIMIT_BYTES,
    onEvent: ({ type, id, data }) => report({ type: 'event', event: type, id, data }),
    onDiagnostic: ({ code, message, parameter }) => report({ type: 'diagnostic', code, message, parameter }),
    onState: ({ state, reason, code, message, attempt, maxAttempts, delayMs }) => {
      report({ type: 'state', state, reason: reason ?? code, attempt, maxAttempts, delayMs, code, message });
      if (state === 'failed') {
        report({ type: 'error', code, message });
      }
      if (isFinal(state)) {
        process.exitCode = state === 'failed' ? 1 : 0;
      }
    },
  });
}
