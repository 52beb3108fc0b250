/** A conforming server in virtual time, for the tests of rules: each of its decisions can be replaced by a faulty one. */
import { type ConnectionLiteral, connection, STREAM_HEADERS } from '../../../evidence/fixture.js';
import type { RecordedConnection } from '../../../evidence/types.js';

const INTERVAL_MS = 200;
export const CAP_MS = 3000;
/** Time on the way, each direction. */
const LATENCY_MS = 5;
/** How long the kit looks on after a terminal event. */
const AFTER_TERMINAL_MS = 1550;

export interface SimEvent {
  readonly type: string;
  readonly id?: number | string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When it is written, milliseconds. */
  readonly atMs: number;
}

/** A stream from its creation to its end; everything is known beforehand, as time is virtual. */
export interface SimStream {
  readonly bornAtMs: number;
  readonly events: readonly SimEvent[];
  /** Least id that is still kept once the stream has ended. */
  readonly earliestId: number;
}

export interface Ask {
  readonly label: string;
  readonly sentAtMs: number;
  readonly method?: string;
  readonly url?: string;
  readonly streamId?: string;
  readonly cursorHeader?: string;
  readonly cursorQuery?: string | readonly string[];
  /** The kit closes after so many events with an id, or at a time. */
  readonly closeAfterIds?: number;
  readonly closeAtMs?: number;
}

export interface Serving {
  readonly scenario: string;
  readonly ask: Ask;
  readonly stream: SimStream;
  readonly cursor: number;
  readonly acceptedAtMs: number;
}

/** What a target decides. A faulty one replaces some; the rest stays right. */
export interface Conduct {
  plan(plan: StreamPlan, scenario: string): StreamPlan;
  generate(stream: SimStream, scenario: string): SimStream;
  /** An answer other than the stream itself. */
  refuse(
    ask: Ask,
    stream: SimStream | undefined,
    decided: Partial<ConnectionLiteral> | undefined,
  ): Partial<ConnectionLiteral> | undefined;
  cursorOf(ask: Ask): number;
  headers(serving: Serving): Readonly<Record<string, string | null>>;
  heartbeatTimes(times: readonly number[], serving: Serving): readonly number[];
  heartbeat(data: Readonly<Record<string, unknown>>, serving: Serving): Readonly<Record<string, unknown>>;
  /** The events of the stream that this connection gets, by time. */
  deliver(events: readonly SimEvent[], serving: Serving): readonly SimEvent[];
  format(event: SimEvent, serving: Serving): string | Uint8Array;
  /** When the target closes, given when it would. */
  closeAt(atMs: number, serving: Serving): number;
}

export interface StreamPlan {
  readonly chunks: number;
  readonly paceMs: number;
  readonly ending: 'done' | 'error';
  readonly kept: number;
  readonly capMs: number;
}

export const RIGHT: Conduct = {
  plan: (plan) => plan,
  generate: (stream) => stream,
  refuse: (_ask, _stream, decided) => decided,
  cursorOf: (ask) => wellFormed(cursorText(ask) ?? '0') ?? 0,
  headers: () => ({}),
  heartbeatTimes: (times) => times,
  heartbeat: (data) => data,
  deliver: (events) => events,
  format: formatEvent,
  closeAt: (atMs) => atMs,
};

export function formatEvent({ type, id, data }: SimEvent): string {
  return `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

export function makeStream(plan: StreamPlan, bornAtMs: number): SimStream {
  const events: SimEvent[] = [];
  const capAtMs = bornAtMs + plan.capMs;
  for (let id = 1; id <= plan.chunks && bornAtMs + id * plan.paceMs < capAtMs; id += 1) {
    events.push(chunk(id, bornAtMs + id * plan.paceMs));
  }
  const doneAtMs = bornAtMs + (plan.chunks + 1) * plan.paceMs;
  events.push(terminal(events.length + 1, plan, doneAtMs, capAtMs));
  return { bornAtMs, events, earliestId: Math.max(1, events.length - plan.kept + 1) };
}

function chunk(id: number, atMs: number): SimEvent {
  return { type: 'content_chunk', id, data: { content: `word ${id} é `, trace_id: 'trace-1', seq: id }, atMs };
}

function terminal(id: number, plan: StreamPlan, doneAtMs: number, capAtMs: number): SimEvent {
  if (plan.ending === 'error' && doneAtMs < capAtMs) {
    const data = { code: 'generation_failed', message: 'It failed.', retryable: true, trace_id: 'trace-1' };
    return { type: 'error', id, data, atMs: doneAtMs };
  }
  const reason = doneAtMs < capAtMs ? 'done' : 'duration_cap';
  const data = { reason, duration: 1, total_chunks: id - 1, trace_id: 'trace-1' };
  return { type: 'complete', id, data, atMs: Math.min(doneAtMs, capAtMs) };
}

/** One connection to the target. */
export function connect(
  conduct: Conduct,
  scenario: string,
  ask: Ask,
  known: SimStream | undefined,
): RecordedConnection {
  const base = {
    label: ask.label,
    sentAtMs: ask.sentAtMs,
    ...requestOf(ask),
    respondedAtMs: ask.sentAtMs + 2 * LATENCY_MS,
  };
  const refused = conduct.refuse(ask, known, decide(conduct, ask, known));
  if (refused !== undefined) {
    return connection({ ...base, ...refused });
  }
  const stream =
    known ?? makeStream({ chunks: 5, paceMs: 100, ending: 'done', kept: 100, capMs: CAP_MS }, ask.sentAtMs);
  const acceptedAtMs = ask.sentAtMs + LATENCY_MS;
  const serving: Serving = { scenario, ask, stream, cursor: conduct.cursorOf(ask), acceptedAtMs };
  const above = stream.events.filter(({ id }) => typeof id === 'number' && id > serving.cursor);
  const delivered = conduct.deliver(
    above.map((event) => ({ ...event, atMs: Math.max(event.atMs, acceptedAtMs + 1) })),
    serving,
  );
  const endsAtMs = delivered.find((event) => isTerminal(event))?.atMs ?? Number.POSITIVE_INFINITY;
  const closesAtMs = conduct.closeAt(endsAtMs, serving);
  const beats = conduct.heartbeatTimes(beatTimes(acceptedAtMs, Math.min(endsAtMs, stream.bornAtMs + 6000)), serving);
  const written = [...beats.map((atMs, n) => beatAt(atMs, n, conduct, serving)), ...delivered];
  const sse = byTime(written)
    .filter(({ atMs }) => atMs <= closesAtMs)
    .map((event) => [event.atMs + LATENCY_MS, conduct.format(event, serving), event] as const);
  const kitClosesAtMs = kitCloses(ask, sse, stream);
  const byTarget = closesAtMs + LATENCY_MS <= kitClosesAtMs;
  return connection({
    ...base,
    headers: conduct.headers(serving),
    sse: sse.filter(([atMs]) => atMs <= kitClosesAtMs).map(([atMs, text]) => [atMs, text]),
    end: byTarget
      ? { atMs: closesAtMs + LATENCY_MS, by: 'target', kind: 'eof' }
      : { atMs: kitClosesAtMs, by: 'kit', kind: 'closed' },
  });
}

/** When the kit closes: after so many ids, at its time, a moment after a terminal event, or when its patience ends. */
function kitCloses(ask: Ask, sse: readonly (readonly [number, unknown, SimEvent])[], stream: SimStream): number {
  const numbered = sse.filter(([, , { id }]) => id !== undefined);
  const counted = ask.closeAfterIds === undefined ? undefined : numbered[ask.closeAfterIds - 1]?.[0];
  const ended = sse.find(([, , event]) => isTerminal(event))?.[0];
  return Math.min(
    counted ?? Number.POSITIVE_INFINITY,
    ask.closeAtMs ?? Number.POSITIVE_INFINITY,
    ended === undefined ? Number.POSITIVE_INFINITY : ended + AFTER_TERMINAL_MS,
    stream.bornAtMs + CAP_MS + 1700,
  );
}

function decide(conduct: Conduct, ask: Ask, stream: SimStream | undefined): Partial<ConnectionLiteral> | undefined {
  const text = cursorText(ask);
  if (text !== undefined && wellFormed(text) === undefined) {
    return { status: 400, headers: [['Content-Type', 'application/problem+json']], sse: [[ask.sentAtMs + 10, '{}']] };
  }
  const cursor = conduct.cursorOf(ask);
  if (stream === undefined) {
    return cursor > 0 ? refusal(ask, 'unknown_cursor', {}) : undefined;
  }
  const head = headAt(stream, ask.sentAtMs + LATENCY_MS);
  const ended = stream.events.every((event) => event.atMs <= ask.sentAtMs + LATENCY_MS);
  if (cursor > head) {
    return refusal(ask, 'unknown_cursor', { requested: cursor });
  }
  if (ended && cursor === head) {
    return { status: 204, headers: [] };
  }
  const gap = ended && cursor + 1 < stream.earliestId;
  return gap ? refusal(ask, 'replay_gap', { requested: cursor, earliest_available: stream.earliestId }) : undefined;
}

export function refusal(ask: Ask, code: string, more: Readonly<Record<string, unknown>>): Partial<ConnectionLiteral> {
  const data = { code, message: 'No.', retryable: true, trace_id: 'trace-1', ...more };
  return {
    headers: [...Object.entries(STREAM_HEADERS)],
    sse: [[ask.sentAtMs + 12, formatEvent({ type: 'error', data, atMs: 0 })]],
  };
}

function beatAt(atMs: number, index: number, conduct: Conduct, serving: Serving): SimEvent {
  const { stream } = serving;
  const sent = stream.events.filter((event) => event.atMs <= atMs);
  const age = (atMs - stream.bornAtMs) / 1000;
  const data = {
    stream_id: STREAM_HEADERS['X-Stream-ID'],
    trace_id: 'trace-1',
    timestamp: new Date(atMs).toISOString(),
    uptime_seconds: age,
    total_chunks: sent.filter(({ type }) => type === 'content_chunk').length,
    heartbeat_count: index + 1,
    remaining_seconds: Math.max(0, CAP_MS / 1000 - age),
    max_duration: CAP_MS / 1000,
    heartbeat_interval: INTERVAL_MS / 1000,
    silence_threshold: 0.6,
    protocol: '1.0',
    head_id: headAt(stream, atMs),
  };
  return { type: 'heartbeat', data: conduct.heartbeat(data, serving), atMs };
}

function beatTimes(fromMs: number, toMs: number): readonly number[] {
  const count = Math.max(1, Math.ceil((toMs - fromMs) / INTERVAL_MS));
  return Array.from({ length: count }, (_, n) => fromMs + n * INTERVAL_MS);
}

/** A heartbeat before what is written at the same time. */
function byTime(events: readonly SimEvent[]): readonly SimEvent[] {
  return [...events].sort((one, other) => one.atMs - other.atMs);
}

function headAt(stream: SimStream, atMs: number): number {
  return stream.events.reduce((head, event) => (event.atMs <= atMs ? Math.max(head, Number(event.id)) : head), 0);
}

export function isTerminal({ type }: SimEvent): boolean {
  return type === 'complete' || type === 'error';
}

function requestOf(ask: Ask): Pick<ConnectionLiteral, 'method' | 'url' | 'requestHeaders'> {
  const url = new URL(ask.url ?? 'http://target.test/stream');
  url.searchParams.set('stream_id', ask.streamId ?? 'stream-1');
  for (const value of [ask.cursorQuery ?? []].flat()) {
    url.searchParams.append('last_event_id', value);
  }
  const cursor = ask.cursorHeader === undefined ? {} : { 'Last-Event-ID': ask.cursorHeader };
  return { method: ask.method ?? 'GET', url: url.href, requestHeaders: { Accept: 'text/event-stream', ...cursor } };
}

/** The text of the cursor that counts; undefined without one. */
export function cursorText(ask: Ask): string | undefined {
  if (ask.cursorHeader !== undefined && ask.cursorHeader !== '') {
    return ask.cursorHeader;
  }
  const queries = [ask.cursorQuery ?? []].flat();
  return queries.length > 1 ? queries.join('&') : queries[0];
}

export function wellFormed(text: string): number | undefined {
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
