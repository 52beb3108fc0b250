/** One connection by `fetch`: checks the answer, reads the bytes, hands on whole events. */
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { Clock } from './clock.js';
import { createLineEndMender } from './line-ends.js';
import {
  type ConnectionEnd,
  type ConnectionRequest,
  type ConnectionSink,
  isEventStream,
  type Transport,
} from './transport.js';
import { createUtf8Reader } from './utf8.js';

export function fetchTransport(fetchImpl: typeof fetch): Transport {
  return (request, sink, clock) => {
    const abort = new AbortController();
    let open = true;
    const end = (reason: ConnectionEnd): void => {
      if (open) {
        open = false;
        abort.abort();
        sink.ended(reason);
      }
    };
    const isOpen = () => open;
    connect(fetchImpl, request, sink, clock, abort.signal, isOpen).then(end, (cause: unknown) =>
      end({ kind: 'cut', message: describe(cause) }),
    );
    return () => {
      open = false;
      abort.abort();
    };
  };
}

async function connect(
  fetchImpl: typeof fetch,
  request: ConnectionRequest,
  sink: ConnectionSink,
  clock: Clock,
  signal: AbortSignal,
  isOpen: () => boolean,
): Promise<ConnectionEnd> {
  const answer = fetchImpl(request.url, {
    method: request.method,
    headers: request.headers,
    cache: 'no-store',
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.credentials === undefined ? {} : { credentials: request.credentials }),
  });
  const response = await withinConnectTimeout(answer, request.connectTimeoutMs, clock, signal);
  const header = (name: string) => response.headers.get(name);
  if (!isOpen()) {
    return { kind: 'cut', message: 'closed' };
  }
  // HTTP-036
  if (response.status !== 200) {
    return { kind: 'status', status: response.status, retryAfter: header('Retry-After') };
  }
  if (!isEventStream(header('Content-Type')) || response.body === null) {
    return { kind: 'media-type', mediaType: header('Content-Type') ?? 'none' };
  }
  sink.accepted(header);
  return read(response.body.getReader(), request.maxEventBytes, sink, isOpen);
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxEventBytes: number,
  sink: ConnectionSink,
  isOpen: () => boolean,
): Promise<ConnectionEnd> {
  const decode = createUtf8Reader();
  const mendLineEnds = createLineEndMender();
  let tooLarge = false;
  const parser = parserFor(sink, maxEventBytes, isOpen, () => {
    tooLarge = true;
  });
  while (isOpen()) {
    const { done, value } = await reader.read();
    if (done) {
      // END-007, RETRY-017: what is left in the parser was never a whole event.
      return { kind: 'cut', message: 'the connection ended without a terminal event' };
    }
    parser.feed(mendLineEnds(decode(value)));
    if (tooLarge) {
      return { kind: 'too-large', message: `an event is larger than ${maxEventBytes} bytes` };
    }
    const room = isOpen() ? sink.room() : undefined;
    if (room !== undefined) {
      await room;
    }
  }
  return { kind: 'cut', message: 'closed' };
}

function parserFor(
  sink: ConnectionSink,
  maxEventBytes: number,
  isOpen: () => boolean,
  onTooLarge: () => void,
): EventSourceParser {
  let stopped = false;
  // EVENT-015, EVENT-017, EVENT-018, EVENT-019, EVENT-029: the parser reads as the HTML standard says.
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent(event) {
      // END-010
      if (!stopped && isOpen()) {
        stopped = !sink.message(event.event ?? 'message', event.data, event.id);
      }
    },
    onRetry: (milliseconds) => sink.retry(milliseconds),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') {
        onTooLarge();
      } else if (error.type === 'invalid-retry') {
        // RETRY-011
        sink.retry(error.value ?? '');
      }
    },
  });
  // It takes U+00EF U+00BB U+00BF at the start of its first chunk for a byte order mark in need of decoding.
  parser.feed('');
  return parser;
}

/** Rejects when the answer has not begun in time, or when the connection was closed: then the timer goes with it. */
async function withinConnectTimeout(
  answer: Promise<Response>,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Response> {
  let cancel = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.after(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)));
    signal.addEventListener('abort', () => reject(new Error('closed')), { once: true });
  });
  // STATE-009: not only when the promise settles, which is later.
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    cancel();
    answer.catch(() => undefined);
    timeout.catch(() => undefined);
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return 'network error';
  }
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${inner}`;
}
