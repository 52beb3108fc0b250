/** Changes the head of an answer on its way out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listener } from './faulty-server.js';

export interface Head {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Every answer's head goes through `change`; undefined leaves it as it is. */
export function rewritingHead(change: (head: Head, request: IncomingMessage) => Head | undefined) {
  return (next: Listener): Listener =>
    (request, response) => {
      const writeHead = response.writeHead.bind(response);
      const rewritten = (status: number, given: unknown): ServerResponse => {
        const head = { status, headers: { ...headersOf(response), ...stringsOf(given) } };
        const changed = change(head, request) ?? head;
        for (const name of response.getHeaderNames()) response.removeHeader(name);
        return writeHead(changed.status, { ...changed.headers });
      };
      Object.assign(response, { writeHead: rewritten });
      next(request, response);
    };
}

/** The same with the headers alone, on answers that carry events and are chosen by `when`. */
export function rewritingHeaders(
  change: (headers: Head['headers'], request: IncomingMessage) => Head['headers'],
  when: (request: IncomingMessage) => boolean = () => true,
) {
  return rewritingHead(({ status, headers }, request) =>
    isEventStream(headers) && when(request) ? { status, headers: change(headers, request) } : undefined,
  );
}

export function isEventStream(headers: Head['headers']): boolean {
  return (headers['content-type'] ?? '').startsWith('text/event-stream');
}

/** Headers without some of them. */
export function without(headers: Head['headers'], ...names: readonly string[]): Head['headers'] {
  const dropped = names.map((name) => name.toLowerCase());
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name.toLowerCase())));
}

function headersOf(response: ServerResponse): Record<string, string> {
  return Object.fromEntries(response.getHeaderNames().map((name) => [name, String(response.getHeader(name) ?? '')]));
}

function stringsOf(given: unknown): Record<string, string> {
  return typeof given === 'object' && given !== null
    ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]))
    : {};
}
