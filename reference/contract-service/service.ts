/** The reference client behind the HTTP protocol of the sse-contract-tests harness: it creates streams and is told of events. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connectStream, type StreamOptions } from '../client/index.js';
import { printing } from '../client/report-lines.js';
import { Callbacks } from './callbacks.js';
import { MalformedOrder, readOrder, type StreamOrder } from './order.js';

/**
 * What the harness may ask of this client. Not among them, and why:
 * - `comments`: in this protocol a comment is not even a sign of life (a native EventSource never shows one);
 * - `last-event-id`: cursors are numbers here, the harness sends any text;
 * - `report`: streams are created by GET or POST;
 * - `restart`: a stream is resumed when it is lost, and not on demand;
 * - `event-type-listeners`: every type is delivered without being asked for.
 * `reports` is no word of the harness: who finds it may order what the harness has no words for.
 *
 * Besides, an id that is not a number of this protocol is no cursor: tests of the harness that resume from one fail.
 */
export const CAPABILITIES = ['headers', 'post', 'read-timeout', 'reports'] as const;

const MAX_BODY_BYTES = 1024 * 1024;

/** `stop` is called when the harness sends `DELETE /`. */
export function createContractService(stop: () => void): Server {
  const streams = new Map<string, () => void>();
  let created = 0;

  const create = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const order = readOrder(await readBody(request));
    created += 1;
    const path = `/streams/${created}`;
    streams.set(path, startStream(order));
    response.writeHead(201, { Location: path }).end();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    if (url === '/') {
      if (method === 'GET') {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ capabilities: CAPABILITIES }));
      } else if (method === 'POST') {
        await create(request, response);
      } else if (method === 'DELETE') {
        closeAll(streams);
        response.writeHead(204).end(stop);
      } else {
        response.writeHead(405, { Allow: 'GET, POST, DELETE' }).end();
      }
      return;
    }
    const close = streams.get(url);
    if (close === undefined) {
      response.writeHead(404).end();
    } else if (method === 'DELETE') {
      streams.delete(url);
      close();
      response.writeHead(204).end();
    } else {
      // There are no commands, as no capability brings any.
      response.writeHead(400).end();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const malformed = error instanceof MalformedOrder;
      response.writeHead(malformed ? 400 : 500, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(malformed ? `${error.message}\n` : 'the request could not be answered\n');
    });
  });
  server.on('close', () => closeAll(streams));
  return server;
}

/** Returns how to close it. */
function startStream(order: StreamOrder): () => void {
  const callbacks = new Callbacks(order.callbackUrl);
  const options: StreamOptions = {
    streamId: false,
    method: order.method,
    headers: order.headers,
    ...(order.body === undefined ? {} : { body: order.body }),
    ...(order.initialDelayMs === undefined ? {} : { backoffBaseMs: order.initialDelayMs }),
    ...(order.readTimeoutMs === undefined ? {} : { silenceThreshold: order.readTimeoutMs / 1000 }),
    ...(order.reports ? printing((report) => callbacks.send({ kind: 'report', report })) : tellingOf(callbacks)),
  };
  const stream = connectStream(order.streamUrl, options);
  return () => {
    stream.close();
    callbacks.close();
  };
}

/** In the words of the harness. */
function tellingOf(callbacks: Callbacks): Pick<StreamOptions, 'onMessage' | 'onDiagnostic' | 'onState'> {
  return {
    onMessage: ({ type, data, id }) =>
      callbacks.send({ kind: 'event', event: { type, data, ...(id === undefined ? {} : { id: String(id) }) } }),
    onDiagnostic: ({ code, message }) =>
      code === 'connection-lost' && callbacks.send({ kind: 'error', comment: message }),
    onState: ({ state, code, message }) =>
      state === 'failed' && callbacks.send({ kind: 'error', comment: `${code}: ${message}` }),
  };
}

function closeAll(streams: Map<string, () => void>): void {
  for (const close of streams.values()) {
    close();
  }
  streams.clear();
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) {
      throw new MalformedOrder(`expected a body of at most ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new MalformedOrder('expected a JSON object as the body');
  }
}
