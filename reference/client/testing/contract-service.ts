/** The client behind the HTTP protocol of launchdarkly/sse-contract-tests: prints the URL of its service, then serves. */
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { connectStream, type ResilientStream, type StreamEvent } from '../index.js';

interface Creation {
  readonly streamUrl: string;
  readonly callbackUrl: string;
}

const streams = new Map<string, ResilientStream>();

const server = createServer(async (request, response) => {
  const path = request.url ?? '/';
  if (request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ capabilities: [] }));
  } else if (request.method === 'POST') {
    const id = `/${streams.size + 1}`;
    streams.set(id, follow(await creationOf(request)));
    response.writeHead(201, { Location: id }).end();
  } else {
    streams.get(path)?.close();
    response.writeHead(streams.has(path) ? 204 : 404).end();
  }
});

async function creationOf(request: IncomingMessage): Promise<Creation> {
  const body: unknown = await json(request);
  if (typeof body === 'object' && body !== null && 'streamUrl' in body && 'callbackUrl' in body) {
    return { streamUrl: String(body.streamUrl), callbackUrl: String(body.callbackUrl) };
  }
  throw new TypeError('expected streamUrl and callbackUrl');
}

/** Messages go out one after the other, so that they are numbered as they arrive. */
function follow({ streamUrl, callbackUrl }: Creation): ResilientStream {
  let counter = 0;
  let last: Promise<unknown> = Promise.resolve();
  const tell = (message: Readonly<Record<string, unknown>>): void => {
    counter += 1;
    const url = `${callbackUrl}/${counter}`;
    last = last.then(() => fetch(url, { method: 'POST', body: JSON.stringify(message) })).catch(() => undefined);
  };
  return connectStream(streamUrl, {
    onEvent: (event) => tell({ kind: 'event', event: wireForm(event) }),
    onState: ({ state, attempt, maxAttempts, delayMs, reason, code, message }) => {
      const report = { type: 'state', state, attempt, maxAttempts, delayMs, reason: reason ?? code, code, message };
      tell({ kind: 'report', report });
      if (state === 'failed') {
        tell({ kind: 'report', report: { type: 'error', code, message } });
      }
    },
    onDiagnostic: (diagnostic) => tell({ kind: 'report', report: { type: 'diagnostic', ...diagnostic } }),
  });
}

function wireForm({ type, id, data }: StreamEvent): Readonly<Record<string, unknown>> {
  return { type, ...(id === null ? {} : { id: String(id) }), data: JSON.stringify(data) };
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`http://127.0.0.1:${port}/\n`);
});
