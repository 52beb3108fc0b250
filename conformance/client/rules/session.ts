/** What one scenario shows of a client: its requests, what it was sent, what it reported. */
import type { ConnectionView, Evidence, RecordedReport, ScenarioView } from '../../evidence/types.js';
import type { Place } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';

export interface Session {
  readonly scenario: ScenarioView;
  /** In order of arrival; at least one. */
  readonly connections: readonly ConnectionView[];
  readonly reports: readonly RecordedReport[];
}

/** Sessions of the named scenarios in which the client sent a request. A client without network has none. */
export function sessionsOf(evidence: Evidence, names: readonly string[]): readonly Session[] {
  return names.flatMap((name) => {
    const scenario = evidence.scenario(name);
    if (scenario === undefined || scenario.connections.length === 0) {
      return [];
    }
    return [{ scenario, connections: scenario.connections, reports: scenario.reports ?? [] }];
  });
}

/** Lines of one type: `event`, `state`, `error`, `diagnostic`. */
export function reportsOf(session: Session, type: string): readonly RecordedReport[] {
  return session.reports.filter(({ report }) => report.type === type);
}

/** True where the client printed such a line in any scenario: silence then says something. */
function reportedAnywhere(evidence: Evidence, isMeant: (report: RecordedReport) => boolean): boolean {
  return evidence.scenarios.some(({ reports }) => reports?.some(isMeant));
}

/** True where the client printed a line of one of these types in any scenario. */
export function reportsAtAll(evidence: Evidence, ...types: readonly string[]): boolean {
  return reportedAnywhere(evidence, ({ report }) => types.includes(String(report.type)));
}

/** True where the client names the ids of the events that it reports: of one that does not, none is missed. */
export function reportsIds(evidence: Evidence): boolean {
  return reportedAnywhere(evidence, (line) => {
    const { type, event } = line.report;
    return type === 'event' && event !== 'heartbeat' && textOf(line, 'id') !== '';
  });
}

/** True where the client reports terminal events like others, and does not keep them for itself. */
function reportsTerminals(evidence: Evidence): boolean {
  return reportedAnywhere(
    evidence,
    ({ report }) => report.type === 'event' && (report.event === 'complete' || report.event === 'error'),
  );
}

/** True where the client names causes by codes in any scenario. */
export function reportsCodes(evidence: Evidence): boolean {
  return reportedAnywhere(evidence, hasCode);
}

/** The last id up to which a client reports what it has taken in of a connection up to `id`. */
export function lastReportedOf(connection: ConnectionView, id: number, evidence: Evidence): number {
  return connection.terminal?.id === String(id) && !reportsTerminals(evidence) ? id - 1 : id;
}

/** The scenario in which the kit itself starts the client a second time. */
export const STARTED_TWICE = 'started-twice';

/** True where the client came back in any scenario: only then does its staying away say something. */
export function retriesAtAll(evidence: Evidence): boolean {
  return evidence.scenarios.some(({ scenario, connections }) => scenario !== STARTED_TWICE && connections.length > 1);
}

/** The text of a member of a report line, '' where it has none. */
export function textOf(report: RecordedReport, member: string): string {
  const value = report.report[member];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * Ids of the events that the client reported, in order; events without one are left out. So are heartbeats: they carry
 * none, and an EventSource shows the id before on them.
 */
export function reportedIds(session: Session): readonly number[] {
  return reportsOf(session, 'event')
    .filter((report) => textOf(report, 'event') !== 'heartbeat')
    .map((report) => textOf(report, 'id'))
    .filter((id) => id !== '')
    .map(Number);
}

/** The cursor of a request as sent: the header, else the query; undefined where there is none. */
export function cursorOf(connection: ConnectionView): string | undefined {
  const header = connection.requestHeader('last-event-id');
  if (header !== undefined && header !== '') {
    return header;
  }
  return new URL(connection.request.url, 'http://kit.invalid').searchParams.get('last_event_id') ?? undefined;
}

/** The cursor of a request as a number: 0 where there is none; undefined where the client sends none anywhere. */
export function cursorAt(connection: ConnectionView, evidence: Evidence): number | undefined {
  const cursor = cursorOf(connection);
  return cursor === undefined && !sendsCursors(evidence) ? undefined : Number(cursor ?? 0);
}

/** True where any request carries a cursor: only then does a request without one say something about its intake. */
function sendsCursors(evidence: Evidence): boolean {
  return evidence.scenarios.some(({ connections }) =>
    connections.some((connection) => (cursorOf(connection) ?? '0') !== '0'),
  );
}

/** True where the client shows that it reads what it is sent: it came back, or reported an event that was sent. */
export function readsAtAll(evidence: Evidence): boolean {
  return (
    retriesAtAll(evidence) ||
    evidence.scenarios.some(({ connections, reports }) =>
      reports?.some(({ report }) =>
        connections.some((connection) => connection.events().some(({ id }) => id !== null && id === String(report.id))),
      ),
    )
  );
}

/**
 * True where the client closes a connection that has gone silent, whenever it does: only of such a client does a
 * connection that it leaves open say something about its timer.
 */
export function detectsSilence(evidence: Evidence): boolean {
  return (
    retriesAtAll(evidence) &&
    sessionsOf(evidence, ['stall']).some(
      ({ connections: [first] }) =>
        first?.end.by === 'target' &&
        first.terminal === undefined &&
        first.end.atMs - lastEventMs(first) >= first.declared.silenceThreshold * 1000 * SILENT_PART,
    )
  );
}

/** A part of the threshold that a client which closes for silence, be it too early, has waited at least. */
const SILENT_PART = 0.25;

/** Errors that the client told of: error lines, and failure. */
export function failuresOf(session: Session): readonly RecordedReport[] {
  return session.reports.filter(
    ({ report }) => report.type === 'error' || (report.type === 'state' && report.state === 'failed'),
  );
}

/** True where a report says why, in a word that a program can act on. */
export function hasCode(report: RecordedReport): boolean {
  return textOf(report, 'code') !== '' || textOf(report, 'reason') !== '';
}

/** The first event that ends the stream on this connection, in-band refusals included. */
export function endOf(connection: ConnectionView): WireEvent | undefined {
  return connection.terminal ?? connection.refusal;
}

/** When the client could know that the connection, or its answer, was of no more use; the transcript's clock. */
export function lostAtMs(connection: ConnectionView): number {
  const { response, end } = connection;
  return response !== null && !connection.isEventStream ? Math.min(response.atMs, end.atMs) : end.atMs;
}

/** A place on the clock of a scenario, for what the client did or did not do. */
export function placeAt(session: Session, atMs: number, connection?: ConnectionView): Place {
  const base = { scenario: session.scenario.scenario, atMs };
  return connection === undefined ? base : { ...base, connection: connection.label };
}

/** The place of a client's line. */
export function placeOfReport(session: Session, report: RecordedReport): Place {
  const excerpt = JSON.stringify(report.report).slice(0, 300);
  return { scenario: session.scenario.scenario, atMs: report.atMs, excerpt };
}

/** Time of the last event sent on a connection, else of its head. */
export function lastEventMs(connection: ConnectionView): number {
  return connection.events().at(-1)?.atMs ?? connection.response?.atMs ?? connection.sentAtMs;
}
