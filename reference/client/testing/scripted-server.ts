/** A server on the loopback interface that answers each request as a test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'X-Heartbeat-Interval': '0.2',
  'X-Silence-Threshold': '0.6',
  'X-Trace-ID': 'trace-1',
};

export class ScriptedServer {
  readonly url: string;
  readonly requests: IncomingMessage[] = [];
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** The first request gets the first answer; the last answer is given to all that follow. */
  static async start(...answers: readonly Answer[]): Promise<ScriptedServer> {
    const server = createServer((request, response) => {
      const answer = answers[Math.min(scripted.requests.length, answers.length - 1)];
      scripted.requests.push(request);
      answer?.(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const scripted: ScriptedServer = new ScriptedServer(server, `http://127.0.0.1:${port}/stream`);
    return scripted;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function heartbeat(members: Readonly<Record<string, unknown>> = {}): string {
  return `event: heartbeat\ndata: ${JSON.stringify({ trace_id: 'trace-1', ...members })}\n\n`;
}

export function chunk(id: number, content = `w${id} `): string {
  return `id: ${id}\nevent: content_chunk\ndata: ${JSON.stringify({ content, trace_id: 'trace-1' })}\n\n`;
}

export function complete(id: number): string {
  return `id: ${id}\nevent: complete\ndata: {"reason":"done","trace_id":"trace-1"}\n\n`;
}

/** Answers with an event stream of these blocks, then ends it. */
export function stream(...blocks: readonly string[]): Answer {
  return (_request, response) => {
    response.writeHead(200, STREAM_HEADERS).end(blocks.join(''));
  };
}

/** Answers with an event stream of these blocks, and leaves it open. */
export function hold(...blocks: readonly string[]): Answer {
  return (_request, response) => {
    response.writeHead(200, STREAM_HEADERS).write(blocks.join(''));
  };
}

/** Answers with an event stream of these blocks, then closes the connection in the middle of the body. */
export function truncate(...blocks: readonly string[]): Answer {
  return (request, response) => {
    response.writeHead(200, STREAM_HEADERS).write(blocks.join(''), () => request.socket.end());
  };
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(code, headers).end();
  };
}
