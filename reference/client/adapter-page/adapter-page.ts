/** The reference client as a page that reports to the kit: `conformance run --browser dist/reference/client/adapter-page/fetch.html`. */
import { connectStream, isFinal } from '../index.js';

declare global {
  /** What the kit gives a page that it opens; absent where a person opens it. */
  var conformance:
    | { readonly url: string; report(line: Readonly<Record<string, unknown>>): void; done(): void }
    | undefined;
}

const kit = globalThis.conformance;
const url = kit?.url ?? new URL(location.href).searchParams.get('url');
const transport = document.documentElement.dataset.transport === 'eventsource' ? 'eventsource' : 'fetch';

function report(line: Readonly<Record<string, unknown>>): void {
  kit?.report(line);
  document.body.append(`${JSON.stringify(line)}\n`);
}

if (url !== null) {
  connectStream(url, {
    transport,
    onEvent: ({ type, id, data }) => report({ type: 'event', event: type, id, data }),
    onDiagnostic: ({ code, message, parameter }) => report({ type: 'diagnostic', code, message, parameter }),
    onState: ({ state, reason, code, message, attempt, maxAttempts, delayMs }) => {
      report({ type: 'state', state, reason: reason ?? code, attempt, maxAttempts, delayMs, code, message });
      if (state === 'failed') {
        report({ type: 'error', code, message });
      }
      if (isFinal(state)) {
        kit?.done();
      }
    },
  });
}
