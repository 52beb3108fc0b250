/** Twins that break the requirements on cursors: how they are read, and how they are refused. */
import { Refusal } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer } from './faulty-server.js';
import { rewritingHead } from './head-rewriting.js';
import { passHead, type Relay, relaying } from './relay.js';

const { parseCursor, decideResumption, refusalEvent, formatEvent, parameterHeaders } = defaultProtocol;

const deciding = (change: typeof decideResumption): Fault => ({ protocol: { decideResumption: change } });

const parsing = (change: typeof parseCursor): Fault => ({ protocol: { parseCursor: change } });

/** A number as lenient parsers see it; 0 where there is none. */
const lenient = (text: string): number => {
  const number = Number.parseInt(text, 10);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
};

/** Waits for a cursor above the head to become one below it. */
const waiting: typeof decideResumption = (cursor, state) =>
  state !== undefined && cursor > state.headId ? { kind: 'serve' } : decideResumption(cursor, state);

/** Other members for a refusal of evicted events. */
const naming = (change: (members: { requested: number; earliest: number }) => object): Fault =>
  deciding((cursor, state) => {
    const decision = decideResumption(cursor, state);
    return decision.kind === 'refuse' && decision.code === 'replay_gap' && state !== undefined
      ? { ...decision, members: change({ requested: cursor, earliest: state.earliestId }) }
      : decision;
  });

/** Asks again from the oldest event where the reference refuses. */
const passingOverGaps: Relay = (answer, response, _request, again) => {
  const chunks: Buffer[] = [];
  const first = (chunk: Buffer): void => {
    const [, earliest] = /"code":"replay_gap".*"earliest_available":(\d+)|$/.exec(String(chunk)) ?? [];
    const oldest = earliest ?? /"earliest_available":(\d+).*"code":"replay_gap"/.exec(String(chunk))?.[1];
    if (oldest !== undefined) {
      answer.destroy();
      again({ 'last-event-id': String(Number(oldest) - 1) }, (found) => {
        passHead(found, response);
        found.pipe(response);
      });
      return;
    }
    chunks.push(chunk);
    passHead(answer, response);
    response.write(Buffer.concat(chunks));
    answer.pipe(response);
  };
  answer.once('data', first);
  answer.once('end', () => {
    if (response.headersSent || answer.destroyed) return;
    passHead(answer, response);
    response.end();
  });
};

export const cursorTwins: readonly FaultyServer[] = [
  {
    name: 'header-ignored',
    breaks: 'REPLAY-001',
    why: 'checks the cursor of the header and does not use it',
    fault: parsing((source) => {
      parseCursor(source);
      return parseCursor({ ...source, header: undefined });
    }),
  },
  {
    name: 'query-ignored',
    breaks: 'REPLAY-002',
    why: 'checks the cursor of the query and does not use it',
    fault: parsing((source) => {
      const cursor = parseCursor(source);
      return (source.header ?? '') === '' ? 0 : cursor;
    }),
  },
  {
    name: 'query-wins',
    breaks: 'REPLAY-003',
    why: 'uses the cursor of the query where there are two',
    fault: parsing((source) => {
      const cursor = parseCursor(source);
      return source.query.length > 0 ? parseCursor({ ...source, header: undefined }) : cursor;
    }),
  },
  {
    name: 'cursor-parsed-leniently',
    breaks: 'REPLAY-004',
    why: 'takes what looks like a number at the start of a cursor',
    fault: parsing(({ header, query }) => lenient(header === undefined || header === '' ? (query[0] ?? '') : header)),
  },
  {
    name: 'cursor-malformed-422',
    breaks: 'REPLAY-004',
    why: 'refuses a malformed cursor with 422',
    fault: parsing((source) => {
      try {
        return parseCursor(source);
      } catch {
        throw new Refusal(422, 'cursor', 'The cursor is malformed.');
      }
    }),
  },
  {
    name: 'cursor-malformed-as-start',
    breaks: 'REPLAY-004',
    why: 'takes a malformed cursor for none',
    fault: parsing((source) => {
      try {
        return parseCursor(source);
      } catch {
        return 0;
      }
    }),
  },
  {
    name: 'empty-header-refused',
    breaks: 'REPLAY-005',
    why: 'refuses an empty Last-Event-ID',
    fault: parsing((source) => {
      if (source.header === '') throw new Refusal(400, 'malformed_cursor', 'Last-Event-ID is empty.');
      return parseCursor(source);
    }),
  },
  {
    name: 'gap-unnamed',
    breaks: 'REPLAY-012',
    why: 'calls evicted events an unknown cursor',
    occasions: ['evicted'],
    fault: deciding((cursor, state) => {
      const decision = decideResumption(cursor, state);
      return decision.kind === 'refuse' ? { ...decision, code: 'unknown_cursor' } : decision;
    }),
  },
  {
    name: 'gap-without-earliest',
    breaks: 'REPLAY-012',
    why: 'does not say from where the stream can be read',
    occasions: ['evicted'],
    fault: deciding((cursor, state) => {
      const decision = decideResumption(cursor, state);
      return decision.kind === 'refuse' ? { ...decision, members: {} } : decision;
    }),
  },
  {
    name: 'gap-passed-over',
    breaks: 'REPLAY-012',
    why: 'begins at the oldest event it has',
    occasions: ['evicted'],
    fault: { around: relaying(passingOverGaps) },
  },
  {
    name: 'gap-as-410',
    breaks: 'REPLAY-012',
    why: 'refuses evicted events with 410',
    occasions: ['evicted'],
    fault: deciding((cursor, state) => {
      const decision = decideResumption(cursor, state);
      if (decision.kind === 'refuse' && decision.code === 'replay_gap') throw new Refusal(410, 'gone', 'Evicted.');
      return decision;
    }),
  },
  {
    name: 'gap-earliest-too-low',
    breaks: 'REPLAY-012',
    why: 'names the newest event that is gone as the earliest that is kept',
    occasions: ['evicted'],
    fault: naming(({ earliest, ...members }) => ({ ...members, earliest_available: earliest - 1 })),
  },
  {
    name: 'gap-earliest-too-high',
    breaks: 'REPLAY-012',
    why: 'leaves out the earliest event that is kept when it says from where the stream can be read',
    occasions: ['evicted'],
    fault: naming(({ earliest, ...members }) => ({ ...members, earliest_available: earliest + 1 })),
  },
  {
    name: 'gap-requested-next',
    breaks: 'REPLAY-012',
    why: 'names the event after the cursor as what was asked for',
    occasions: ['evicted'],
    fault: naming(({ requested, earliest }) => ({ requested: requested + 1, earliest_available: earliest })),
  },
  {
    name: 'waits-just-above-the-head',
    breaks: 'REPLAY-013',
    why: 'takes the number after the newest id for the newest id',
    fault: deciding((cursor, state) =>
      state !== undefined && cursor === state.headId + 1
        ? decideResumption(cursor - 1, state)
        : decideResumption(cursor, state),
    ),
  },
  {
    name: 'waits-above-the-head',
    breaks: 'REPLAY-013',
    why: 'serves a cursor above the head and waits for it',
    fault: deciding(waiting),
  },
  {
    name: 'ahead-as-404',
    breaks: 'REPLAY-013',
    why: 'refuses a cursor above the head with 404',
    fault: deciding((cursor, state) => {
      if (state !== undefined && cursor > state.headId) throw new Refusal(404, 'unknown_cursor', 'No such event.');
      return decideResumption(cursor, state);
    }),
  },
  {
    name: 'starts-an-unknown-stream',
    breaks: 'REPLAY-014',
    why: 'starts a stream anew when a cursor names one that it does not know',
    fault: deciding((cursor, state) => (state === undefined ? { kind: 'serve' } : decideResumption(cursor, state))),
  },
  {
    name: 'unknown-stream-as-404',
    breaks: 'REPLAY-014',
    why: 'refuses the cursor of a stream that it does not know with 404',
    fault: deciding((cursor, state) => {
      if (state === undefined && cursor > 0) throw new Refusal(404, 'unknown_stream', 'No such stream.');
      return decideResumption(cursor, state);
    }),
  },
  {
    name: 'refusal-with-id',
    breaks: 'REPLAY-015',
    why: 'gives an in-band refusal an id',
    fault: { protocol: { refusalEvent: (...input) => ({ ...refusalEvent(...input), id: 1 }) } },
  },
  {
    name: 'refusal-after-note',
    breaks: 'REPLAY-015',
    why: 'sends another event after an in-band refusal',
    fault: {
      protocol: {
        formatEvent: (event) => {
          const { code, trace_id } = JSON.parse(event.data);
          const note = formatEvent({ type: 'note', data: JSON.stringify({ trace_id }) });
          return code === 'unknown_cursor' ? `${formatEvent(event)}${note}` : formatEvent(event);
        },
      },
    },
  },
  {
    name: 'finished-as-open-stream',
    breaks: 'REPLAY-016',
    why: 'serves a cursor at the end with heartbeats',
    fault: deciding((cursor, state) => {
      const decision = decideResumption(cursor, state);
      return decision.kind === 'finished' ? { kind: 'serve' } : decision;
    }),
  },
  {
    name: 'finished-as-404',
    breaks: 'REPLAY-016',
    why: 'answers a cursor at the end with 404',
    fault: deciding((cursor, state) => {
      const decision = decideResumption(cursor, state);
      if (decision.kind === 'finished') throw new Refusal(404, 'finished', 'This stream has ended.');
      return decision;
    }),
  },
  {
    name: 'finished-as-205',
    breaks: 'REPLAY-016',
    why: 'answers a cursor at the end with 205',
    fault: {
      around: rewritingHead(({ status, headers }, { method }) =>
        status === 204 && method === 'GET' ? { status: 205, headers } : undefined,
      ),
    },
  },
  {
    name: 'finished-as-empty-stream',
    breaks: 'REPLAY-018',
    alsoBreaks: ['REPLAY-016'],
    why: 'answers a cursor at the end with an empty event stream',
    fault: {
      around: rewritingHead(({ status, headers }, { method }) =>
        status === 204 && method === 'GET'
          ? { status: 200, headers: { ...headers, 'Content-Type': 'text/event-stream' } }
          : undefined,
      ),
    },
  },
  {
    name: 'retention-of-30-seconds',
    breaks: 'REPLAY-020',
    why: 'declares that it keeps events for 30 s',
    fault: {
      protocol: {
        parameterHeaders: (record, settings) => ({ ...parameterHeaders(record, settings), 'X-Replay-Retention': '30' }),
      },
    },
  },
];
