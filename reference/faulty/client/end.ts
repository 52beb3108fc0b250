/** Twins that break the requirements on clients of the chapter on terminal events. */
import type { ClientFault, FaultyClient } from './faulty-client.js';
import { endFault, lineFault, objectIn, sinkFault } from './seams.js';

const CLIENT_CODES = ['attempts', 'http_status', 'media_type', 'gap', 'protocol', 'too_large'];

const CLEAN_END = 'the connection ended without a terminal event';

/** Lines of a failure that an `error` event led to. */
const isServersFailure = (line: Readonly<Record<string, unknown>>): boolean =>
  (line.type === 'error' || line.state === 'failed') && !CLIENT_CODES.includes(String(line.code));

/** Keeps the connection after a terminal event of that type until the server closes it. */
const waitingAfter = (terminal: string) => (): ClientFault =>
  sinkFault((sink) => {
    let last: (() => void) | undefined;
    return {
      message(type, data, id) {
        if (type === terminal) {
          // The silence is borne, too.
          const alive = setInterval(() => sink.message('x-alive', '{}', undefined), 100);
          last = () => {
            clearInterval(alive);
            sink.message(type, data, id);
          };
          return true;
        }
        return last === undefined ? sink.message(type, data, id) : true;
      },
      ended: (end) => (last === undefined ? sink.ended(end) : last()),
    };
  });

/** True for an error that calls itself retryable. */
const isRetryable = (type: string, data: string): boolean =>
  type === 'error' && objectIn(data)?.retryable === true && objectIn(data)?.code === 'x-overloaded';

export const endTwins: readonly FaultyClient[] = [
  {
    name: 'end-of-file-is-success',
    breaks: 'END-007',
    alsoBreaks: ['RETRY-001', 'STATE-006'],
    why: 'takes a clean end of the connection for the end of the stream',
    fault: () =>
      endFault((end) =>
        end.kind === 'cut' && end.message === CLEAN_END ? { kind: 'status', status: 204, retryAfter: null } : end,
      ),
  },
  {
    name: 'waits-for-the-server-to-close',
    breaks: 'END-008',
    why: 'keeps the connection open after the terminal event until the server closes it',
    fault: waitingAfter('complete'),
  },
  {
    name: 'waits-for-the-server-after-an-error',
    breaks: 'END-008',
    why: 'keeps the connection open after an error event until the server closes it',
    fault: waitingAfter('error'),
  },
  {
    name: 'asks-after-the-end',
    breaks: 'END-009',
    alsoBreaks: ['STATE-006', 'STATE-009'],
    why: 'asks once more when the stream is over',
    fault: () =>
      sinkFault((sink, request) => ({
        message(type, data, id) {
          if (type === 'complete') {
            setTimeout(() => {
              const headers = new Headers(request.headers);
              headers.set('Last-Event-ID', id ?? '');
              fetch(request.url, { headers }).then(
                (response) => response.body?.cancel(),
                () => undefined,
              );
            }, 700);
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'reads-on-after-the-end',
    breaks: 'END-010',
    why: 'delivers what follows the terminal event in the same bytes',
    fault: () =>
      sinkFault((sink, _, print) => {
        let over = false;
        return {
          message(type, data, id) {
            if (over) {
              print({ type: 'event', event: type, id: id ?? null, data });
              return true;
            }
            if (type === 'complete') {
              over = true;
              queueMicrotask(() => sink.message(type, data, id));
              return true;
            }
            return sink.message(type, data, id);
          },
        };
      }),
  },
  {
    name: 'truncation-hidden',
    breaks: 'END-011',
    why: 'shows every end as done',
    fault: () =>
      lineFault((line) => [line.state === 'completed' ? { ...line, reason: 'done', truncated: false } : line]),
  },
  {
    name: 'only-the-cap-truncates',
    breaks: 'END-011',
    why: 'shows an answer that grew too long as whole',
    fault: () => lineFault((line) => [line.reason === 'length' ? { ...line, reason: 'done', truncated: false } : line]),
  },
  {
    name: 'retryable-error-is-a-cut',
    breaks: 'END-012',
    alsoBreaks: ['END-009'],
    why: 'comes back for the same stream after an error that calls itself retryable',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (isRetryable(type, data)) {
            sink.ended({ kind: 'cut', message: 'error' });
            return false;
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'error-event-is-a-cut',
    breaks: 'END-012',
    alsoBreaks: ['END-009', 'END-013'],
    why: 'comes back after an error event, as after a transport error',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (type === 'error') {
            sink.ended({ kind: 'cut', message: 'error' });
            return false;
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'something-went-wrong',
    breaks: 'END-013',
    why: 'reports the same words for every error event',
    fault: () =>
      lineFault((line) => [
        isServersFailure(line) ? { ...line, code: 'error', reason: 'error', message: 'something went wrong' } : line,
      ]),
  },
  {
    name: 'error-without-message',
    breaks: 'END-013',
    why: 'reports the code of an error event alone',
    fault: () => lineFault((line) => [isServersFailure(line) ? { ...line, message: undefined } : line]),
  },
];
