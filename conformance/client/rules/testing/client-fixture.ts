/** Literals for the tests of rules on clients: what was played to a client, and what a sound one reports of it. */
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  heartbeatText,
  scenario,
} from '../../../evidence/fixture.js';
import type { ConnectionView, Ending, RecordedReport, Transcript } from '../../../evidence/types.js';
import { viewConnection } from '../../../evidence/views.js';

export type Line = Readonly<Record<string, unknown>>;

/** A connection as it was played; times in milliseconds of the scenario's clock. */
export interface Played {
  readonly at: number;
  /** `Last-Event-ID` of the request. */
  readonly cursor?: string;
  readonly request?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  /** Null for no answer. Default 200. */
  readonly status?: number | null;
  readonly headers?: ConnectionLiteral['headers'];
  /** Text, 10 ms after the request, or with times of its own. */
  readonly sse?: string | readonly (readonly [atMs: number, text: string])[];
  /** Default: 100 ms after the request, by the kit; with a terminal event by the client, 20 ms after it. */
  readonly end?: Partial<Ending>;
}

export interface Play {
  readonly reports?: (lines: readonly RecordedReport[]) => readonly RecordedReport[];
  readonly more?: Partial<Transcript>;
}

export const FULL = heartbeatText() + chunks(1, 8) + completeText(9);

export function chunks(from: number, to: number): string {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => chunkText(from + index)).join('');
}

/** A heartbeat and the ids up to this one. */
export function upTo(to: number, from = 1): string {
  return heartbeatText() + chunks(from, to);
}

/** The rest of the base stream after a cursor. */
export function restAfter(cursor: number): string {
  return heartbeatText() + chunks(cursor + 1, 8) + completeText(9);
}

/** A scenario played to a client that reports as a sound one does, unless `reports` changes it. */
export function played(name: string, connections: readonly Played[], { reports, more }: Play = {}): Transcript {
  const recorded = connections.map((literal, index) => recordedOf(literal, index));
  const lines = soundReports(recorded.map((one) => viewConnection(one, name)));
  return scenario(name, recorded, {
    role: 'client',
    reports: reports === undefined ? lines : reports(lines),
    notes: { ended: 'client' },
    ...more,
  });
}

function recordedOf(literal: Played, index: number): Transcript['connections'][number] {
  const { at, cursor, request = {}, status = 200, sse = '', end } = literal;
  const texts = typeof sse === 'string' ? (sse === '' ? [] : [[at + 10, sse] as const]) : sse;
  const lastMs = texts.at(-1)?.[0] ?? at;
  const terminal = texts.some(([, text]) => /^event: (complete|error)$/m.test(text));
  return connection({
    label: `c${index + 1}`,
    sentAtMs: at,
    respondedAtMs: at + 5,
    status,
    ...(literal.method === undefined ? {} : { method: literal.method }),
    ...(literal.url === undefined ? {} : { url: literal.url }),
    ...(literal.headers === undefined ? {} : { headers: literal.headers }),
    requestHeaders: {
      Accept: 'text/event-stream',
      ...(cursor === undefined ? {} : { 'Last-Event-ID': cursor }),
      ...request,
    },
    sse: texts,
    end: terminal
      ? { atMs: lastMs + 20, by: 'target', kind: 'closed', ...end }
      : { atMs: Math.max(lastMs, at) + 90, by: 'kit', kind: 'eof', ...end },
  });
}

/** A plain cut: ids up to `to`, the end of the connection, and a second connection from the cursor. */
export function cut(
  name: string,
  { to = 3, cursor, delayMs = 1000, first = {}, second = {}, ...play }: Cut = {},
): Transcript {
  const one: Played = { at: 100, sse: upTo(to), ...first };
  const endMs = recordedOf(one, 0).end.atMs;
  const own = cursor === undefined ? String(to) : cursor;
  const two: Played = {
    at: endMs + delayMs,
    ...(own === '' ? {} : { cursor: own }),
    sse: restAfter(Number(own)),
    ...second,
  };
  return played(name, [one, two], play);
}

export interface Cut extends Play {
  readonly to?: number;
  /** Of the second request; '' for none. */
  readonly cursor?: string;
  readonly delayMs?: number;
  readonly first?: Partial<Played>;
  readonly second?: Partial<Played>;
}

const CODES = new Map([
  [404, 'http_status'],
  [401, 'http_status'],
]);

/** What a sound client prints: states, and each event once. */
function soundReports(connections: readonly ConnectionView[]): readonly RecordedReport[] {
  const lines: RecordedReport[] = [];
  let highest = 0;
  for (const [index, one] of connections.entries()) {
    lines.push({ atMs: one.sentAtMs, report: { type: 'state', state: 'connecting' } });
    if (one.isEventStream) {
      lines.push({ atMs: one.sentAtMs + 6, report: { type: 'state', state: 'open' } });
    }
    for (const event of one.isEventStream ? one.events() : []) {
      const id = event.id === null ? 0 : Number(event.id);
      if (event.type.startsWith('x-') || (id > 0 && id <= highest) || id > highest + 1) {
        continue;
      }
      if (one.json(event) === undefined) {
        break;
      }
      highest = Math.max(highest, id);
      lines.push({ atMs: event.atMs, report: { type: 'event', event: event.type, id: event.id, data: event.data } });
    }
    lines.push(...endOf(one, index === connections.length - 1));
  }
  return lines;
}

function endOf(one: ConnectionView, isLast: boolean): readonly RecordedReport[] {
  const end = one.terminal ?? one.refusal;
  const atMs = end?.atMs ?? one.end.atMs;
  if (end?.type === 'complete' || one.status === 204) {
    const reason = end === undefined ? undefined : one.json(end)?.reason;
    return [{ atMs, report: { type: 'state', state: 'completed', reason, truncated: reason !== 'done' } }];
  }
  if (!isLast && end === undefined) {
    return [{ atMs, report: { type: 'state', state: 'reconnecting', attempt: 1 } }];
  }
  const data = end === undefined ? undefined : one.json(end);
  const code = data?.code ?? CODES.get(one.status ?? 0) ?? (one.isEventStream ? 'attempts' : 'media_type');
  const message = data?.message ?? 'it failed';
  return [
    { atMs, report: { type: 'state', state: 'failed', code, message } },
    { atMs, report: { type: 'error', code, message } },
  ];
}

/** Changes the lines that `isMeant` means; several, or none, may come of each. */
export function changing(isMeant: (line: Line) => boolean, change: (line: Line) => readonly Line[]): Play {
  return {
    reports: (lines) =>
      lines.flatMap((one) => (isMeant(one.report) ? change(one.report).map((report) => ({ ...one, report })) : [one])),
  };
}

/** Adds lines, in the order of their times. */
export function adding(...added: readonly (readonly [atMs: number, report: Line])[]): Play {
  return {
    reports: (lines) =>
      [...lines, ...added.map(([atMs, report]) => ({ atMs, report }))].sort((one, other) => one.atMs - other.atMs),
  };
}
