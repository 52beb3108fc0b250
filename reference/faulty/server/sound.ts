/** Servers that are unlike the reference and break nothing: whoever accuses one of them is wrong. */
import type { Authorize } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer, Listener } from './faulty-server.js';
import { changed } from './faulty-server.js';
import { isEventStream, rewritingHead, rewritingHeaders, without } from './head-rewriting.js';
import { createHttp2Front } from './http2-front.js';
import { eachBlock, isStreamAnswer, passHead, relaying } from './relay.js';

export type SoundServer = Omit<FaultyServer, 'breaks' | 'alsoBreaks'> & {
  /** Where the stream id stands in the path; default in the query. */
  readonly idInPath?: boolean;
};

const { heartbeatData, completeData, contentData, formatEvent, deliver, creationHeaders } = defaultProtocol;

/** Closes each connection in good order after a while, without a terminal event. */
const rotating = relaying(
  (answer, response) => {
    passHead(answer, response);
    let ended = false;
    const close = (): void => {
      if (!ended) response.end();
      ended = true;
    };
    const timer = setTimeout(close, 350);
    eachBlock(
      answer,
      (block) => {
        if (!ended) response.write(block);
      },
      () => {
        clearTimeout(timer);
        close();
      },
    );
  },
  ({ headers }) => !('origin' in headers),
);

/** Lets a replay trickle, a block every few milliseconds. */
const trickling = relaying((answer, response) => {
  passHead(answer, response);
  if (!isStreamAnswer(answer)) {
    answer.pipe(response);
    return;
  }
  const queue: string[] = [];
  let over = false;
  const timer = setInterval(() => {
    const block = queue.shift();
    if (block !== undefined) response.write(block);
    else if (over) {
      clearInterval(timer);
      response.end();
    }
  }, 4);
  response.on('close', () => clearInterval(timer));
  eachBlock(
    answer,
    (block) => queue.push(block),
    () => {
      over = true;
    },
  );
});

const delaying =
  (delayMs: number) =>
  (next: Listener): Listener =>
  (request, response) => {
    setTimeout(() => next(request, response), delayMs);
  };

/** A stream id in the path, as the last segment. */
const inPath = (): Fault => ({
  protocol: {
    creationHeaders: (request, record) => {
      const { 'Content-Location': location = '' } = creationHeaders(request, record);
      const [path = '', query = ''] = location.split('?');
      const parameters = new URLSearchParams(query);
      parameters.delete('stream_id');
      return { 'Content-Location': `${path}/${record.streamId}?${parameters}` };
    },
  },
  around: (next) => (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, id] = /^\/[^/]*\/stream\/(.+)$/.exec(path) ?? [];
    if (id !== undefined) request.url = `${path.slice(0, -id.length - 1)}?${query}&stream_id=${id}`;
    next(request, response);
  },
});

const headRefused =
  (next: Listener): Listener =>
  (request, response) => {
    if (request.method === 'HEAD') response.writeHead(405, { Allow: 'GET, POST, DELETE, OPTIONS' }).end();
    else next(request, response);
  };

const TOKENS = ['Bearer sound-server-user-one', 'Bearer sound-server-user-two'];
const asking: Authorize = (request) => {
  const token = request.header('authorization') ?? '';
  return TOKENS.includes(token) ? { principal: token } : { refuse: 401 };
};

const whole = (name: string, data: object): number => Math.ceil(Number(new Map(Object.entries(data)).get(name)));

export const sound: readonly SoundServer[] = [
  { name: 'as-it-is', why: 'is the reference itself', fault: {} },
  { name: 'over-http2', why: 'speaks HTTP/2', http2: () => createHttp2Front(false), fault: {} },
  { name: 'rotates', why: 'closes connections every 0.35 s, and is resumed', fault: { around: rotating } },
  { name: 'trickles', why: 'sends a block every 4 ms at most', fault: { around: trickling } },
  { name: 'far-away', why: 'gets every request 0.2 s late', fault: { around: delaying(200) } },
  {
    name: 'whole-seconds',
    why: 'counts whole seconds, rounded up',
    fault: {
      settings: { maxSeconds: 2 },
      protocol: {
        heartbeatData: (input) => {
          const data = heartbeatData(input);
          const seconds = ['uptime_seconds', 'remaining_seconds'].map((name) => [name, whole(name, data)]);
          return changed(data, Object.fromEntries(seconds));
        },
        completeData: (input) => changed(completeData(input), { duration: 1 }),
      },
    },
  },
  { name: 'adaptive', why: 'beats faster on resumed connections', fault: { settings: { adaptiveHeartbeat: true } } },
  { name: 'four-readers', why: 'takes four readers of a stream', fault: { settings: { maxReadersPerStream: 4 } } },
  { name: 'same-origin', why: 'lets no other origin read', fault: { settings: { allowedOrigins: [] } } },
  {
    name: 'one-origin',
    why: 'lets one other origin read, with credentials',
    fault: { settings: { allowedOrigins: ['https://app.example'] } },
  },
  { name: 'head-refused', why: 'answers HEAD with 405', fault: { around: headRefused } },
  {
    name: 'other-spelling',
    why: 'spells media type and directives in its own way, and sends more of them',
    fault: {
      around: rewritingHeaders((headers) => ({
        ...headers,
        'content-type': 'Text/Event-Stream',
        'cache-control': 'private,NO-STORE,no-cache, No-Transform, max-age=0',
        'x-accel-buffering': 'No',
        'x-stream-max-seconds': '1.500',
      })),
    },
  },
  {
    name: 'other-field-order',
    why: 'writes data first, and no space after the colon',
    fault: {
      protocol: {
        formatEvent: ({ type, id, data }) => `data:${data}\n${id === undefined ? '' : `id:${id}\n`}event:${type}\n\n`,
      },
    },
  },
  {
    name: 'talkative',
    why: 'sends comments, a reconnection time, members and events of its own',
    fault: {
      protocol: {
        contentData: (input) => changed(contentData(input), { seq: undefined, tokens: 2, model: { name: 'm' } }),
        formatEvent: (event) => `: next\n${event.type === 'heartbeat' ? 'retry: 1500\n' : ''}${formatEvent(event)}`,
        deliver: (event, delivery) => {
          const note = {
            type: 'vendor.progress-1',
            data: JSON.stringify({ trace_id: delivery.record.traceId, done: 1 }),
          };
          const own = deliver(event, delivery);
          return event.type === 'content_chunk' && (event.id ?? 0) % 4 === 0 ? [...own, note] : own;
        },
      },
    },
  },
  {
    name: 'retry-first',
    why: 'begins every connection with a reconnection time and a comment',
    fault: {
      protocol: {
        formatEvent: (event) =>
          event.data.includes('"heartbeat_count":1,')
            ? `: hello\n\nretry: 1000\n\n${formatEvent(event)}`
            : formatEvent(event),
      },
    },
  },
  {
    name: 'counts-from-zero',
    why: 'counts the heartbeats of a connection from 0',
    fault: {
      protocol: { heartbeatData: (input) => changed(heartbeatData(input), { heartbeat_count: input.count - 1 }) },
    },
  },
  {
    name: 'vendor-reason',
    why: 'ends its streams with a reason of its own',
    fault: {
      protocol: {
        completeData: (input) => changed(completeData(input), input.reason === 'done' ? { reason: 'x-stop-word' } : {}),
      },
    },
  },
  {
    name: 'without-extras',
    why: 'sends no X-Replay-Retention, and tells no hop anything',
    fault: { around: rewritingHeaders((headers) => without(headers, 'X-Replay-Retention')) },
  },
  { name: 'three-words', why: 'has three chunks to send, at once', fault: { text: { chunks: 3, chunkDelayMs: 0 } } },
  { name: 'nothing-to-say', why: 'ends without a chunk', fault: { text: { chunks: 0 } } },
  {
    name: 'slow-talker',
    why: 'sends a chunk every 0.4 s until its cap',
    fault: { text: { chunks: 10, chunkDelayMs: 400 } },
  },
  {
    name: 'late-starter',
    why: 'has nothing to say for most of its life',
    fault: { text: { chunks: 20, startDelayMs: 900, chunkDelayMs: 15 } },
  },
  {
    name: 'big-words',
    why: 'sends chunks of 40 kB',
    fault: { text: { chunks: 12, chunkDelayMs: 60, contentOf: () => 'größe '.repeat(5600) } },
  },
  { name: 'id-in-path', why: 'has the stream id in the path', idInPath: true, occasions: ['create'], fault: inPath },
  {
    name: 'asks-for-credentials',
    why: 'has two users',
    credentials: { own: TOKENS[0] ?? '', other: TOKENS[1] ?? '' },
    fault: { authorize: asking },
  },
  {
    name: 'ignores-credentials',
    why: 'is sent credentials that it does not ask for',
    credentials: { own: TOKENS[0] ?? '' },
    fault: {},
  },
  {
    name: 'creates-by-post',
    why: 'has every occasion',
    occasions: ['cap', 'error', 'evicted', 'long', 'create', 'conflict', 'limit', 'injection'],
    shutsDown: true,
    fault: {},
  },
  {
    name: 'floods',
    why: 'drops readers that are too slow, and is resumed',
    occasions: ['flood'],
    fault: { settings: { maxSeconds: 5 } },
  },
  {
    name: 'retries-refused',
    why: 'tells refused readers when to come back by a date',
    occasions: ['limit'],
    fault: {
      around: rewritingHead(({ status, headers }) =>
        'retry-after' in headers && !isEventStream(headers)
          ? { status, headers: { ...headers, 'retry-after': new Date(Date.now() + 5000).toUTCString() } }
          : undefined,
      ),
    },
  },
];
