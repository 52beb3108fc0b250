/** Mounts the handler on node:http and node:http2. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import type { IncomingRequest } from './incoming.js';
import { type Answer, type NodeResponse, openNodeOutlet } from './outlet.js';

type NodeRequest = IncomingMessage | Http2ServerRequest;

export type NodeListener = (request: NodeRequest, response: NodeResponse) => void;

export function answerNode(answer: (request: IncomingRequest) => Promise<Answer>): NodeListener {
  return (request, response) => {
    // A reader that vanishes is no fault of the server; the response's own close event tells the rest.
    response.on('error', () => undefined);
    answer({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      header: (name) => {
        const value = request.headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      },
      body: request,
      httpMajor: request.httpVersionMajor,
      remoteAddress: request.socket?.remoteAddress ?? '',
    })
      .then((given) => sendAnswer(given, request.method === 'HEAD', response))
      .catch(() => response.destroy());
  };
}

function sendAnswer({ status, headers, body, carry }: Answer, headOnly: boolean, response: NodeResponse): void {
  if (response.destroyed) return;
  if (carry && !headOnly) {
    carry(openNodeOutlet(response, status, headers));
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(body));
  if (headOnly || body === undefined) response.end();
  else response.end(body);
}

/** For `server.on('clientError')`: what is no HTTP gets its problem document, too. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, title] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({ type: 'urn:resilient-sse:problem:malformed_request', title, status });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
