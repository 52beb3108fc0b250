/** Twins that break the requirements on trace ids. */
import { randomBytes, randomUUID } from 'node:crypto';
import { defaultProtocol } from '../../server/protocol.js';
import type { FaultyServer } from './faulty-server.js';
import { changed, resumes } from './faulty-server.js';
import { rewritingHead, rewritingHeaders } from './head-rewriting.js';
import { passHead, type Relay, relaying } from './relay.js';

const { chooseTraceId, heartbeatData, contentData, completeData, eventHeaders } = defaultProtocol;

const draw = (): string => randomBytes(16).toString('hex');

/** Every trace id of an answer becomes another one. */
const restamping: Relay = (answer, response) => {
  const own = String(answer.headers['x-trace-id'] ?? '');
  const other = draw();
  passHead(answer, response, { 'x-trace-id': other });
  answer.setEncoding('utf8');
  answer.on('data', (text: string) => response.write(own === '' ? text : text.replaceAll(own, other)));
  answer.on('end', () => response.end());
};

export const traceTwins: readonly FaultyServer[] = [
  {
    name: 'trace-of-connection',
    breaks: 'TRACE-002',
    why: 'draws a new X-Trace-ID for every connection',
    fault: { protocol: { eventHeaders: () => eventHeaders(draw()) } },
  },
  {
    name: 'trace-of-resuming-request',
    breaks: 'TRACE-002',
    why: 'takes over the X-Trace-ID of a resuming request',
    fault: {
      around: rewritingHeaders(
        (headers, request) => ({
          ...headers,
          'x-trace-id': String(request.headers['x-trace-id'] ?? headers['x-trace-id']),
        }),
        resumes,
      ),
    },
  },
  {
    name: 'trace-restamped-on-resume',
    breaks: 'TRACE-002',
    alsoBreaks: ['TRACE-003', 'REPLAY-021', 'END-006'],
    why: 'stamps a new trace id on a resumed connection and all its events',
    fault: { around: relaying(restamping, resumes) },
  },
  {
    name: 'trace-of-heartbeat',
    breaks: 'TRACE-003',
    why: 'draws a trace id for every heartbeat',
    fault: { protocol: { heartbeatData: (input) => changed(heartbeatData(input), { trace_id: draw() }) } },
  },
  {
    name: 'trace-of-chunk',
    breaks: 'TRACE-003',
    why: 'puts another trace id into some chunks',
    fault: {
      protocol: {
        contentData: (input) => changed(contentData(input), input.id % 7 === 0 ? { trace_id: 'none' } : {}),
      },
    },
  },
  {
    name: 'trace-missing-in-complete',
    breaks: 'TRACE-003',
    alsoBreaks: ['EVENT-010'],
    why: 'leaves the trace id out of complete',
    fault: { protocol: { completeData: (input) => changed(completeData(input), { trace_id: undefined }) } },
  },
  {
    name: 'trace-of-client-ignored',
    breaks: 'TRACE-004',
    why: 'does not look at X-Trace-ID',
    fault: {
      protocol: {
        chooseTraceId: (request) =>
          chooseTraceId({ header: (name) => (name === 'x-trace-id' ? undefined : request.header(name)) }),
      },
    },
  },
  {
    name: 'traceparent-first',
    breaks: 'TRACE-004',
    why: 'shortens the trace id of the client',
    fault: { protocol: { chooseTraceId: (request) => chooseTraceId(request).slice(0, 32) } },
  },
  {
    name: 'traceparent-ignored',
    breaks: 'TRACE-005',
    why: 'does not look at traceparent',
    fault: {
      protocol: {
        chooseTraceId: (request) =>
          chooseTraceId({ header: (name) => (name === 'traceparent' ? undefined : request.header(name)) }),
      },
    },
  },
  {
    name: 'traceparent-whole',
    breaks: 'TRACE-005',
    why: 'takes the whole of traceparent',
    fault: {
      protocol: {
        chooseTraceId: (request) => {
          const parent = request.header('traceparent');
          const chosen = chooseTraceId(request);
          return parent?.includes(chosen) === true ? parent : chosen;
        },
      },
    },
  },
  {
    name: 'trace-in-braces',
    breaks: 'TRACE-006',
    why: 'draws trace ids in braces',
    fault: {
      protocol: {
        chooseTraceId: (request) => {
          const chosen = chooseTraceId(request);
          const given = [request.header('x-trace-id'), request.header('traceparent')];
          return given.some((value) => value?.includes(chosen) === true) ? chosen : `{${randomUUID()}}`;
        },
      },
    },
  },
  {
    name: 'trace-echoed',
    breaks: 'TRACE-007',
    alsoBreaks: ['TRACE-006'],
    why: 'takes any X-Trace-ID as it is',
    fault: { protocol: { chooseTraceId: (request) => request.header('x-trace-id') ?? chooseTraceId(request) } },
  },
  {
    name: 'trace-echoed-aside',
    breaks: 'TRACE-007',
    why: 'replaces a malformed trace id and repeats it in another header',
    fault: {
      around: rewritingHead(({ status, headers }, request) => {
        const sent = request.headers['x-trace-id'];
        return typeof sent === 'string' ? { status, headers: { ...headers, 'x-request-trace': sent } } : undefined;
      }),
    },
  },
];
