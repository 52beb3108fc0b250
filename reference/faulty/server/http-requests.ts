/** Twins that break the requirements on preflights, compression, refusals and HEAD. */
import { createGzip } from 'node:zlib';
import { Refusal } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { FaultyServer, Listener } from './faulty-server.js';
import { isEventStream, rewritingHead, without } from './head-rewriting.js';
import { createHttp2Front } from './http2-front.js';
import { isStreamAnswer, passHead, relaying } from './relay.js';

const { answerOptions, formatProblem, parseStreamId } = defaultProtocol;

type Problem = ReturnType<typeof formatProblem>;

/** Refusals in another form. */
const refusing = (change: (problem: Problem) => Problem) => ({
  protocol: { formatProblem: (refusal: Refusal, traceId: string) => change(formatProblem(refusal, traceId)) },
});

const typed = (problem: Problem, type: string, body: string): Problem => ({
  ...problem,
  headers: { ...problem.headers, 'Content-Type': type },
  body,
});

/** Answers one method itself. */
const answering =
  (method: string, status: number, headers: Readonly<Record<string, string>> = {}) =>
  (next: Listener): Listener =>
  (request, response) => {
    if (request.method === method) response.writeHead(status, headers).end();
    else next(request, response);
  };

const allowing = (names: string) => ({
  protocol: {
    answerOptions: (...input: Parameters<typeof answerOptions>) => {
      const answer = answerOptions(...input);
      return { ...answer, headers: { ...answer.headers, 'Access-Control-Allow-Headers': names } };
    },
  },
});

const gzipUnflushed = relaying(
  (answer, response) => {
    if (!isStreamAnswer(answer)) {
      passHead(answer, response);
      answer.pipe(response);
      return;
    }
    passHead(answer, response, { 'content-encoding': 'gzip' });
    answer.pipe(createGzip()).pipe(response);
  },
  ({ headers }) => (headers['accept-encoding'] ?? '').includes('gzip'),
);

/** The first of the values that is well-formed; a malformed one counts as none. */
const forgivingStreamId: typeof parseStreamId = (values) => {
  try {
    return parseStreamId(values);
  } catch {
    return undefined;
  }
};

const HEAD_OF_STREAM = { 'Content-Type': 'text/event-stream' };

export const httpRequestTwins: readonly FaultyServer[] = [
  {
    name: 'connection-field-over-http2',
    breaks: 'HTTP-011',
    why: 'sends Connection: keep-alive over HTTP/2',
    http2: () => createHttp2Front(true),
    fault: {},
  },
  {
    name: 'preflight-allows-no-cursor',
    breaks: 'HTTP-016',
    why: 'allows X-Trace-ID to other origins, but not Last-Event-ID',
    fault: allowing('X-Trace-ID, Content-Type'),
  },
  {
    name: 'preflight-allows-no-trace',
    breaks: 'HTTP-016',
    why: 'allows Last-Event-ID to other origins, but not X-Trace-ID',
    fault: allowing('Last-Event-ID, Content-Type'),
  },
  {
    name: 'options-405',
    breaks: 'HTTP-017',
    why: 'answers OPTIONS with 405',
    fault: { around: answering('OPTIONS', 405) },
  },
  { name: 'options-404', breaks: 'HTTP-017', why: 'knows no OPTIONS', fault: { around: answering('OPTIONS', 404) } },
  {
    name: 'gzip-flushed',
    breaks: 'HTTP-018',
    why: 'compresses streams, with a flush',
    fault: { settings: { gzip: true } },
  },
  {
    name: 'gzip-unflushed',
    breaks: 'HTTP-019',
    alsoBreaks: ['HTTP-018'],
    why: 'compresses streams and flushes at the end',
    fault: { text: { chunks: 60 }, around: gzipUnflushed },
  },
  {
    name: 'refusal-as-json',
    breaks: 'HTTP-020',
    why: 'refuses with application/json',
    fault: refusing((problem) => typed(problem, 'application/json', problem.body)),
  },
  {
    name: 'refusal-as-text',
    breaks: 'HTTP-020',
    why: 'refuses with a line of text',
    fault: refusing((problem) => typed(problem, 'text/plain', 'no')),
  },
  {
    name: 'refusal-without-body',
    breaks: 'HTTP-020',
    why: 'sends the media type of a problem and no body',
    fault: refusing((problem) => ({ ...problem, body: '' })),
  },
  {
    name: 'refusal-of-another-status',
    breaks: 'HTTP-020',
    why: 'names 500 in the body of every problem',
    fault: refusing((problem) => ({ ...problem, body: problem.body.replace(/"status":\d+/, '"status":500') })),
  },
  {
    name: 'refusal-406-as-page',
    breaks: 'HTTP-020',
    why: 'leaves one refusal to a framework that answers with a page',
    fault: refusing((problem) => (problem.status === 406 ? typed(problem, 'text/html', '<h1>406</h1>') : problem)),
  },
  {
    name: 'accepts-anything',
    breaks: 'HTTP-021',
    why: 'sends streams to who cannot read them',
    fault: { protocol: { acceptsEventStream: () => true } },
  },
  {
    name: 'accept-without-weights',
    breaks: 'HTTP-021',
    why: 'does not look at q=0',
    fault: {
      protocol: {
        acceptsEventStream: (accept) => accept === undefined || /text\/(event-stream|\*)|\*\/\*/.test(accept),
      },
    },
  },
  {
    name: 'retry-after-missing',
    breaks: 'HTTP-022',
    why: 'refuses with 429 and no Retry-After',
    occasions: ['limit'],
    fault: refusing((problem) => ({ ...problem, headers: without(problem.headers, 'Retry-After') })),
  },
  {
    name: 'retry-after-with-unit',
    breaks: 'HTTP-022',
    why: 'sends Retry-After: 10s',
    occasions: ['limit'],
    fault: refusing((problem) =>
      'Retry-After' in problem.headers
        ? { ...problem, headers: { ...problem.headers, 'Retry-After': '10s' } }
        : problem,
    ),
  },
  {
    name: 'stream-id-unchecked',
    breaks: 'HTTP-023',
    why: 'takes a malformed stream id for none',
    fault: { protocol: { parseStreamId: forgivingStreamId } },
  },
  {
    name: 'stream-id-empty',
    breaks: 'HTTP-023',
    why: 'takes an empty stream id for none',
    fault: { protocol: { parseStreamId: (values) => parseStreamId(values.filter((value) => value !== '')) } },
  },
  {
    name: 'stream-id-422',
    breaks: 'HTTP-023',
    why: 'refuses a malformed stream id with 422',
    fault: {
      protocol: {
        parseStreamId: (values) => {
          const id = forgivingStreamId(values);
          if (id === undefined && values.length > 0) throw new Refusal(422, 'stream_id', 'The stream_id is malformed.');
          return id;
        },
      },
    },
  },
  {
    name: 'stream-id-of-any-length',
    breaks: 'HTTP-023',
    why: 'cuts a stream id that is too long',
    fault: { protocol: { parseStreamId: (values) => parseStreamId(values.map((value) => value.slice(0, 128))) } },
  },
  {
    name: 'parameters-ignored',
    breaks: 'HTTP-024',
    why: 'joins a stream that was created with other parameters',
    occasions: ['conflict'],
    fault: { protocol: { matchesStream: () => true } },
  },
  {
    name: 'head-404',
    breaks: 'HTTP-025',
    why: 'answers HEAD with 404',
    fault: { around: answering('HEAD', 404) },
  },
  {
    name: 'head-unanswered',
    breaks: 'HTTP-025',
    why: 'never answers HEAD',
    fault: {
      around: (next) => (request, response) => (request.method === 'HEAD' ? undefined : next(request, response)),
    },
  },
  {
    name: 'head-bare',
    breaks: 'HTTP-025',
    why: 'answers HEAD with the media type alone',
    fault: { around: answering('HEAD', 200, HEAD_OF_STREAM) },
  },
  {
    name: 'head-without-parameters',
    breaks: 'HTTP-025',
    why: 'leaves the parameter headers out of the answer to HEAD',
    fault: {
      around: rewritingHead(({ status, headers }, { method }) =>
        method === 'HEAD' && isEventStream(headers)
          ? { status, headers: without(headers, 'X-Heartbeat-Interval', 'X-Silence-Threshold') }
          : undefined,
      ),
    },
  },
  {
    name: 'head-starts-stream',
    breaks: 'HTTP-026',
    why: 'runs the handler of GET for HEAD',
    fault: { text: { chunks: 65 }, settings: { maxSeconds: 2 }, protocol: { createsStream: () => true } },
  },
];
