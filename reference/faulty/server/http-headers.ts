/** Twins that break the requirements on status and header fields. */
import { randomUUID } from 'node:crypto';
import { defaultProtocol } from '../../server/protocol.js';
import { type FaultyServer, resumes } from './faulty-server.js';
import { isEventStream, rewritingHead, rewritingHeaders, without } from './head-rewriting.js';

const { eventHeaders, parameterHeaders } = defaultProtocol;

/** Another value of one header on every answer that carries events. */
const saying = (name: string, value: string) => ({
  around: rewritingHeaders((headers) => ({ ...headers, [name.toLowerCase()]: value })),
});

const lacking = (...names: readonly string[]) => ({
  around: rewritingHeaders((headers) => without(headers, ...names)),
});

const lackingOnResume = (...names: readonly string[]) => ({
  around: rewritingHeaders((headers) => without(headers, ...names), resumes),
});

const CACHE = 'Cache-Control';

export const httpHeaderTwins: readonly FaultyServer[] = [
  {
    name: 'status-201',
    breaks: 'HTTP-001',
    why: 'calls every stream Created',
    fault: { protocol: { successStatus: 201 } },
  },
  {
    name: 'status-201-to-post',
    breaks: 'HTTP-001',
    why: 'answers a creating POST with 201 and the events',
    occasions: ['create'],
    fault: {
      around: rewritingHead(({ status, headers }, { method }) =>
        method === 'POST' && isEventStream(headers) ? { status: status === 200 ? 201 : status, headers } : undefined,
      ),
    },
  },
  {
    name: 'media-type-plain',
    breaks: 'HTTP-002',
    why: 'sends streams as text/plain',
    fault: saying('Content-Type', 'text/plain; charset=utf-8'),
  },
  {
    name: 'media-type-prefix',
    breaks: 'HTTP-002',
    why: 'sends a type that only begins like the right one',
    fault: saying('Content-Type', 'text/event-streams'),
  },
  {
    name: 'media-type-of-refusals',
    breaks: 'HTTP-002',
    why: 'sends in-band refusals as application/json',
    fault: {
      around: rewritingHeaders((headers) =>
        'x-stream-id' in headers ? headers : { ...headers, 'content-type': 'application/json' },
      ),
    },
  },
  {
    name: 'cache-control-no-cache-alone',
    breaks: 'HTTP-003',
    why: 'lets caches store streams',
    fault: saying(CACHE, 'no-cache'),
  },
  {
    name: 'cache-control-without-no-transform',
    breaks: 'HTTP-003',
    why: 'lets intermediaries compress streams',
    fault: saying(CACHE, 'no-cache, no-store, must-revalidate'),
  },
  {
    name: 'cache-control-missing-on-resume',
    breaks: 'HTTP-003',
    why: 'forgets Cache-Control on resumed connections',
    fault: lackingOnResume(CACHE),
  },
  {
    name: 'cache-control-missing-on-refusal',
    breaks: 'HTTP-003',
    why: 'forgets Cache-Control on refusals in band',
    fault: {
      around: rewritingHeaders((headers) => ('x-stream-id' in headers ? headers : without(headers, CACHE))),
    },
  },
  {
    name: 'buffered-by-proxies',
    breaks: 'HTTP-004',
    why: 'sends no X-Accel-Buffering',
    fault: lacking('X-Accel-Buffering'),
  },
  {
    name: 'sniffable',
    breaks: 'HTTP-005',
    why: 'sends no X-Content-Type-Options',
    fault: lacking('X-Content-Type-Options'),
  },
  { name: 'stream-id-missing', breaks: 'HTTP-006', why: 'sends no X-Stream-ID', fault: lacking('X-Stream-ID') },
  {
    name: 'stream-id-missing-on-resume',
    breaks: 'HTTP-006',
    why: 'names the stream on its first connection alone',
    fault: lackingOnResume('X-Stream-ID'),
  },
  {
    name: 'stream-id-of-connection',
    breaks: 'HTTP-006',
    alsoBreaks: ['HEARTBEAT-016'],
    why: 'names each connection anew in X-Stream-ID',
    fault: {
      protocol: {
        parameterHeaders: (record, settings) => ({
          ...parameterHeaders(record, settings),
          'X-Stream-ID': randomUUID(),
        }),
      },
    },
  },
  {
    name: 'cap-header-missing',
    breaks: 'HTTP-007',
    why: 'does not declare its cap',
    fault: lacking('X-Stream-Max-Seconds'),
  },
  {
    name: 'cap-header-missing-on-resume',
    breaks: 'HTTP-007',
    why: 'declares its cap to the creator alone',
    fault: lackingOnResume('X-Stream-Max-Seconds'),
  },
  {
    name: 'heartbeat-header-missing',
    breaks: 'HTTP-008',
    why: 'does not declare its heartbeat interval',
    fault: lacking('X-Heartbeat-Interval'),
  },
  {
    name: 'silence-header-missing',
    breaks: 'HTTP-009',
    why: 'does not declare its silence threshold',
    fault: lacking('X-Silence-Threshold'),
  },
  {
    name: 'protocol-header-missing',
    breaks: 'HTTP-010',
    why: 'sends no X-Stream-Protocol',
    fault: lacking('X-Stream-Protocol'),
  },
  {
    name: 'protocol-header-major-alone',
    breaks: 'HTTP-010',
    why: 'sends X-Stream-Protocol: 1',
    fault: saying('X-Stream-Protocol', '1'),
  },
  { name: 'seconds-with-unit', breaks: 'HTTP-012', why: 'writes 0.6s', fault: saying('X-Silence-Threshold', '0.6s') },
  {
    name: 'seconds-with-exponent',
    breaks: 'HTTP-012',
    why: 'writes 2e-1',
    fault: saying('X-Heartbeat-Interval', '2e-1'),
  },
  {
    name: 'seconds-with-four-decimals',
    breaks: 'HTTP-012',
    why: 'writes 1.5000',
    fault: saying('X-Stream-Max-Seconds', '1.5000'),
  },
  {
    name: 'exposes-nothing',
    breaks: 'HTTP-015',
    why: 'allows other origins to read, but not the parameter headers',
    fault: { protocol: { originHeaders: () => ({ 'Access-Control-Allow-Origin': '*' }) } },
  },
  {
    name: 'exposes-all-but-one',
    breaks: 'HTTP-015',
    why: 'does not expose X-Silence-Threshold',
    fault: {
      protocol: {
        originHeaders: (request, settings) => {
          const { 'Access-Control-Expose-Headers': exposed = '', ...headers } = defaultProtocol.originHeaders(
            request,
            settings,
          );
          return { ...headers, 'Access-Control-Expose-Headers': exposed.replace('X-Silence-Threshold, ', '') };
        },
      },
    },
  },
  {
    name: 'trace-header-missing',
    breaks: 'TRACE-001',
    why: 'sends no X-Trace-ID',
    fault: { protocol: { eventHeaders: (traceId) => without(eventHeaders(traceId), 'X-Trace-ID') } },
  },
  {
    name: 'trace-header-missing-on-refusal',
    breaks: 'TRACE-001',
    why: 'sends no X-Trace-ID with a refusal in band',
    fault: {
      around: rewritingHeaders((headers) => ('x-stream-id' in headers ? headers : without(headers, 'X-Trace-ID'))),
    },
  },
];
