/** A server of a hundred lines for the tests of runs: it streams, resumes, refuses and ends, and counts what it saw. */
import { once } from 'node:events';
import http from 'node:http';

export interface MiniServerOptions {
  /** Milliseconds; heartbeats every fifth of a second. */
  readonly capMs: number;
  readonly chunkMs: number;
  /** Chunks before `complete`; none for a stream that only its cap ends. */
  readonly chunks?: number;
  /** Goes on past its cap. */
  readonly endless?: boolean;
  /** Refuses every request without this header. */
  readonly token?: string;
}

export interface MiniServer {
  readonly url: string;
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: http.IncomingHttpHeaders;
  }[];
  /** Connections open at the same time, at most. */
  readonly mostOpen: () => number;
  close(): Promise<void>;
}

interface Stream {
  readonly id: string;
  readonly startedAtMs: number;
  readonly events: string[];
  readonly readers: Set<() => void>;
  ended: boolean;
}

export async function startMiniServer(options: MiniServerOptions): Promise<MiniServer> {
  const streams = new Map<string, Stream>();
  const requests: MiniServer['requests'][number][] = [];
  let open = 0;
  let mostOpen = 0;
  const server = http.createServer((request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => {
      open -= 1;
    });
    answer(request, response, streams, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/stream`,
    requests,
    mostOpen: () => mostOpen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      for (const stream of streams.values()) {
        stream.ended = true;
      }
    },
  };
}

function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  streams: Map<string, Stream>,
  options: MiniServerOptions,
): void {
  const url = new URL(request.url ?? '/', 'http://mini.test');
  const cursor = String(request.headers['last-event-id'] ?? url.searchParams.get('last_event_id') ?? '');
  if (options.token !== undefined && request.headers['x-token'] !== options.token) {
    response.writeHead(401).end();
    return;
  }
  if (!/^(0|[1-9]\d{0,14})?$/.test(cursor)) {
    response.writeHead(400, { 'Content-Type': 'application/problem+json' }).end('{}');
    return;
  }
  const id = url.searchParams.get('stream_id') ?? `server-${streams.size + 1}`;
  const stream = streams.get(id) ?? produce(id, options);
  streams.set(id, stream);
  if (stream.ended && Number(cursor) >= stream.events.length) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'X-Stream-ID': id,
    'X-Stream-Max-Seconds': String(options.capMs / 1000),
    'X-Trace-ID': 'mini',
  });
  response.write('event: heartbeat\ndata: {"trace_id":"mini"}\n\n');
  let sent = Number(cursor);
  const flush = (): void => {
    for (; sent < stream.events.length; sent += 1) {
      response.write(stream.events[sent]);
    }
    if (stream.ended) {
      stream.readers.delete(flush);
      response.end();
    }
  };
  stream.readers.add(flush);
  response.on('close', () => stream.readers.delete(flush));
  flush();
}

function produce(id: string, options: MiniServerOptions): Stream {
  const stream: Stream = { id, startedAtMs: performance.now(), events: [], readers: new Set(), ended: false };
  const append = (type: string, data: object): void => {
    stream.events.push(
      `event: ${type}\nid: ${stream.events.length + 1}\ndata: ${JSON.stringify({ ...data, trace_id: 'mini' })}\n\n`,
    );
    stream.ended = type === 'complete';
    for (const flush of [...stream.readers]) {
      flush();
    }
  };
  const timer = setInterval(() => {
    const capped = options.endless !== true && performance.now() - stream.startedAtMs >= options.capMs;
    const done = options.chunks !== undefined && stream.events.length >= options.chunks;
    if (stream.ended) {
      clearInterval(timer);
    } else if (capped || done) {
      append('complete', { reason: capped ? 'duration_cap' : 'done', duration: 1, total_chunks: stream.events.length });
    } else {
      append('content_chunk', { content: 'word ' });
    }
  }, options.chunkMs);
  return stream;
}
