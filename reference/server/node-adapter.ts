/** Mounts the handler on node:http and node:http2. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import { type Answer, type NodeResponse, openNodeOutlet } from './outlet.js';
import type { ServerProtocol } from './protocol.js';
import { Refusal, type Settings, type StreamRequest } from './types.js';

type NodeRequest = IncomingMessage | Http2ServerRequest;

export type NodeListener = (request: NodeRequest, response: NodeResponse) => void;

export function answerNode(
  answer: (request: StreamRequest) => Promise<Answer>,
  settings: Settings,
  protocol: ServerProtocol,
): NodeListener {
  return (request, response) => {
    // A reader that vanishes is no fault of the server; the response's own close event tells the rest.
    response.on('error', () => undefined);
    readRequest(request, settings.maxBodyBytes)
      .then(answer, (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(400, 'bad_request', 'The request broke off.');
        return protocol.formatProblem(refusal, protocol.chooseTraceId(emptyRequest));
      })
      .then((given) => sendAnswer(given, request.method === 'HEAD', response))
      .catch(() => void response.destroy());
  };
}

const emptyRequest: StreamRequest = {
  method: 'GET',
  url: new URL('http://localhost/'),
  header: () => undefined,
  body: '',
  httpMajor: 1,
  remoteAddress: '',
};

async function readRequest(request: NodeRequest, maxBodyBytes: number): Promise<StreamRequest> {
  const url = parseTarget(request.url ?? '/');
  return {
    method: request.method ?? 'GET',
    url,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: request.method === 'POST' ? await readBody(request, maxBodyBytes) : '',
    httpMajor: request.httpVersionMajor,
    remoteAddress: request.socket?.remoteAddress ?? '',
  };
}

function parseTarget(target: string): URL {
  // A path may begin with two slashes, which must not be taken for a host.
  const text = target.startsWith('/') ? `http://localhost${target}` : target;
  if (!URL.canParse(text)) throw new Refusal(400, 'malformed_url', 'The request target is not a path.');
  return new URL(text);
}

async function readBody(request: NodeRequest, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const buffer = Buffer.from(part);
    bytes += buffer.length;
    if (bytes > maxBytes) throw new Refusal(413, 'body_too_large', `A body has at most ${maxBytes} bytes.`);
    parts.push(buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function sendAnswer(answer: Answer, headOnly: boolean, response: NodeResponse): void {
  if (response.destroyed) return;
  if (answer.carry && !headOnly) {
    answer.carry(openNodeOutlet(response, answer.status, answer.headers));
    return;
  }
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  if (headOnly || answer.body === undefined) response.end();
  else response.end(answer.body);
}

/** For `server.on('clientError')`: what is no HTTP gets its problem document, too. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, title] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  const body = JSON.stringify({ type: 'urn:resilient-sse:problem:malformed_request', title, status });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
