/** Stands before the reference as a proxy would, and changes the body of answers on its way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Listener } from './faulty-server.js';

/** Asks the reference once more, with other headers. */
type AskAgain = (headers: Readonly<Record<string, string>>, onAnswer: (answer: IncomingMessage) => void) => void;

/** Takes over an answer whose head the reference has sent. */
export type Relay = (
  answer: IncomingMessage,
  response: ServerResponse,
  request: IncomingMessage,
  again: AskAgain,
) => void;

/** Every answer that `when` chooses goes through a socket of its own, and `relay` writes it. */
export function relaying(relay: Relay, when: (request: IncomingMessage) => boolean = () => true) {
  return (next: Listener): Listener => {
    let behind: Promise<Server> | undefined;
    return (request, response) => {
      if (request.method !== 'GET' || !when(request)) {
        next(request, response);
        return;
      }
      behind ??= listen(next);
      behind.then((server) => pass(server, request, response, relay)).catch(() => response.destroy());
    };
  };
}

async function listen(listener: Listener): Promise<Server> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  // The process ends with its public server.
  server.unref();
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

function pass(server: Server, request: IncomingMessage, response: ServerResponse, relay: Relay): void {
  const port = portOf(server.address());
  const ask: AskAgain = (more, onAnswer) => {
    const headers = { ...request.headers, 'accept-encoding': 'identity', ...more };
    const upstream = send({
      port,
      host: '127.0.0.1',
      path: request.url,
      method: request.method,
      headers,
      agent: false,
    });
    upstream.on('response', onAnswer);
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.end();
  };
  ask({}, (answer) => relay(answer, response, request, ask));
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** The head as it came, less what belongs to the hop; `more` is added. */
export function passHead(
  answer: IncomingMessage,
  response: ServerResponse,
  more: Readonly<Record<string, string>> = {},
): void {
  const headers = Object.entries(answer.headers).filter(
    ([name]) => !/^(connection|transfer-encoding|keep-alive)$/.test(name),
  );
  response.writeHead(answer.statusCode ?? 502, { ...Object.fromEntries(headers), ...more });
  response.flushHeaders();
}

/** Splits the body of an answer into its blocks, blank lines included, and calls for each, then once for the end. */
export function eachBlock(answer: IncomingMessage, onBlock: (block: string) => void, onEnd: () => void): void {
  let pending = '';
  answer.setEncoding('utf8');
  answer.on('data', (text: string) => {
    const blocks = (pending + text).split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) onBlock(`${block}\n\n`);
  });
  answer.on('end', onEnd);
  answer.on('error', onEnd);
}

export function isStreamAnswer(answer: IncomingMessage): boolean {
  return (answer.headers['content-type'] ?? '').startsWith('text/event-stream');
}
