/** Twins that break the requirements on clients of the chapter on HTTP. */
import type { FaultyClient } from './faulty-client.js';
import { headerFault, lineFault, parameterFault, requestFault, sinkFault, withMembers } from './seams.js';

/** What an answer's media type is changed into before it is looked at. */
const typeFault = (isStream: (status: number, type: string) => boolean) => ({
  fetch:
    (next: typeof fetch): typeof fetch =>
    async (input, init) => {
      const response = await next(input, init);
      if (!isStream(response.status, response.headers.get('Content-Type') ?? '')) {
        return response;
      }
      const headers = new Headers(response.headers);
      headers.set('Content-Type', 'text/event-stream');
      return new Response(response.body, { status: 200, headers });
    },
});

export const httpTwins: readonly FaultyClient[] = [
  {
    name: 'silence-default-of-its-own',
    breaks: 'HTTP-013',
    why: 'takes 8 s for the silence threshold where none is declared',
    fault: () => ({ options: { silenceThreshold: 8 } }),
  },
  {
    name: 'interval-default-of-its-own',
    breaks: 'HTTP-013',
    why: 'takes 3 s for the heartbeat interval where none is declared',
    fault: () => ({ options: { heartbeatInterval: 3 } }),
  },
  {
    name: 'parameters-parsed-leniently',
    breaks: 'HTTP-013',
    alsoBreaks: ['HTTP-014'],
    why: 'takes every parameter that Number() takes',
    fault: () => parameterFault((_, value) => (Number(value) > 0 ? String(Number(value)) : value)),
  },
  {
    name: 'parameters-clamped',
    breaks: 'HTTP-013',
    alsoBreaks: ['HTTP-014'],
    why: 'moves a parameter that is out of range to the end of the range',
    fault: () =>
      parameterFault((_, value) => (/^[0-9.]+$/.test(value) ? String(Math.max(0.05, Number(value))) : value)),
  },
  {
    name: 'silent-about-parameters',
    breaks: 'HTTP-014',
    why: 'takes the default of an unusable parameter and tells nobody',
    fault: () => lineFault((line) => (line.code === 'parameter-default' ? [] : [line])),
  },
  {
    name: 'names-one-parameter',
    breaks: 'HTTP-014',
    why: 'names the first unusable parameter alone',
    fault() {
      let named = false;
      return lineFault((line) => {
        const again = line.code === 'parameter-default' && named;
        named ||= line.code === 'parameter-default';
        return again ? [] : [line];
      });
    },
  },
  {
    name: 'stream-id-short',
    breaks: 'HTTP-035',
    why: 'draws 32 random bits for a stream id',
    fault: () => ({ options: { streamId: crypto.randomUUID().slice(0, 8) } }),
  },
  {
    name: 'stream-id-of-the-time',
    breaks: 'HTTP-035',
    why: 'makes a stream id of the time and some digits',
    fault: () => ({ options: { streamId: `conversation-${Date.now()}-${Math.random().toString(36).slice(2)}` } }),
  },
  {
    name: 'stream-id-fixed',
    breaks: 'HTTP-035',
    why: 'asks for every stream under the same id',
    fault: () => ({ options: { streamId: 'the-stream-of-this-client-and-of-no-other' } }),
  },
  {
    name: 'media-type-as-prefix',
    breaks: 'HTTP-036',
    why: 'takes a longer media type with the same beginning for an event stream',
    fault: () => typeFault((status, type) => status === 200 && type.startsWith('text/event-stream')),
  },
  {
    name: 'any-success-is-a-stream',
    breaks: 'HTTP-036',
    why: 'takes every status of the 200s for an event stream',
    fault: () => typeFault((status, type) => status > 200 && status < 300 && type.startsWith('text/event-stream')),
  },
  {
    name: 'media-type-not-looked-at',
    breaks: 'HTTP-036',
    alsoBreaks: ['RETRY-005', 'STATE-008'],
    why: 'reads every answer of status 200 as an event stream',
    fault: () => typeFault((status) => status === 200),
  },
  {
    name: 'header-wins',
    breaks: 'HTTP-037',
    why: 'leaves the parameters of heartbeats alone',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) =>
          sink.message(
            type,
            withMembers(data, (name, value) =>
              /^(heartbeat_interval|silence_threshold)$/.test(name) ? undefined : value,
            ),
            id,
          ),
      })),
  },
  {
    name: 'interval-of-the-header-wins',
    breaks: 'HTTP-037',
    why: 'takes the silence threshold of heartbeats, and not their interval',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) =>
          sink.message(
            type,
            withMembers(data, (name, value) => (name === 'heartbeat_interval' ? undefined : value)),
            id,
          ),
      })),
  },
  {
    name: 'resumes-by-post',
    breaks: 'HTTP-038',
    why: 'sends its POST again with every attempt',
    fault: () => requestFault((request) => ({ ...request, method: 'POST', body: '{}' })),
  },
  {
    name: 'credentials-once',
    breaks: 'HTTP-039',
    why: 'sends its credentials with the first request alone',
    fault: () => headerFault((headers, count) => (count > 0 ? headers.delete('Authorization') : undefined)),
  },
];
