/** The evidence: what one scenario saw, as it is stored (transcript) and as rules look at it (views). */
import type { WireEvent, WireReading } from '../wire/types.js';

export type Header = readonly [name: string, value: string];

/** How a connection ended. `by` is the party that ended it: the one graded (`target`) or the kit. */
export interface Ending {
  readonly atMs: number;
  readonly by: 'target' | 'kit';
  readonly kind:
    | 'eof' // complete, as the framing of HTTP says
    | 'truncated' // closed before the framing was complete
    | 'reset'
    | 'refused'
    | 'dns'
    | 'tls'
    | 'timeout' // the kit's patience ended
    | 'limit' // a bound of the kit was reached
    | 'malformed' // not HTTP
    | 'closed'; // the kit (or the client under test) closed on purpose
  readonly detail?: string;
}

export interface RecordedRequest {
  readonly method: string;
  /** Secrets are already replaced by `REDACTED`. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body?: string;
}

export interface RecordedResponse {
  readonly atMs: number;
  readonly status: number;
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion: string;
  readonly headers: readonly Header[];
}

/** Bytes of the body after content decoding, as they came. */
export interface RecordedChunk {
  readonly atMs: number;
  readonly base64: string;
}

/** Times are milliseconds on a monotonic clock that starts with the transcript. */
export interface RecordedConnection {
  /** Names the connection's part in the scenario: `first`, `resume-by-header`, … */
  readonly label: string;
  readonly sentAtMs: number;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse | null;
  readonly chunks: readonly RecordedChunk[];
  readonly end: Ending;
}

/** One line of a client under test (schema `kit/client-report`), with its arrival. */
export interface RecordedReport {
  readonly atMs: number;
  readonly report: Readonly<Record<string, unknown>>;
}

/** What is stored, one file a scenario: schema `kit/transcript`. */
export interface Transcript {
  readonly schema: 'resilient-sse/transcript/1';
  readonly spec: string;
  readonly kit: string;
  readonly role: 'server' | 'client';
  readonly scenario: string;
  /** 1, or 2 when the first attempt was inconclusive and was repeated. */
  readonly attempt: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly target: string;
  readonly streamId: string | null;
  /** Name of the occasion whose URL was used; null for the target's own URL. */
  readonly occasion: string | null;
  /** What the scenario did that its connections do not show, such as `{ "cutAfterId": 4 }`. */
  readonly notes: Readonly<Record<string, string | number | boolean | null>>;
  readonly connections: readonly RecordedConnection[];
  /** Clients only. */
  readonly reports?: readonly RecordedReport[];
  readonly process?: { readonly exitCode: number | null; readonly stderr: string };
  /** Largest lag of the kit's own event loop, or of the client's page, while the scenario ran. */
  readonly lagMs: number;
  readonly outcome: 'done' | 'timeout' | 'skipped' | 'kit-error';
  /** Why it was skipped or broke, in one line. */
  readonly reason?: string;
}

/** Parameters in force on a connection: declared by header or first heartbeat, else the defaults. Seconds. */
export interface Declared {
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly maxSeconds: number;
  /** Which of the three the target declared, by header or heartbeat. */
  readonly declaredBy: Readonly<
    Record<'heartbeatInterval' | 'silenceThreshold' | 'maxSeconds', 'header' | 'heartbeat' | 'default'>
  >;
}

/** A recorded connection with its bytes read. Everything derived is computed once. */
export interface ConnectionView extends RecordedConnection {
  readonly scenario: string;
  readonly status: number | null;
  /** Value of a response header, case-insensitive, repeated ones joined with `, `; undefined where absent. */
  header(name: string): string | undefined;
  requestHeader(name: string): string | undefined;
  readonly reading: WireReading;
  /** Dispatched events, of one type where given. */
  events(type?: string): readonly WireEvent[];
  /** The data of an event as JSON object; undefined where it is none. */
  json(event: WireEvent): Readonly<Record<string, unknown>> | undefined;
  /** True for status 200 with the media type of an event stream. */
  readonly isEventStream: boolean;
  /** True where the answer carries a part of a stream: an event stream with at least one event that is no refusal. */
  readonly carriesStream: boolean;
  /**
   * The in-band refusal of a cursor that this connection is: its first event other than a heartbeat is an `error` of
   * code `replay_gap` or `unknown_cursor`. Whether its form is right (REPLAY-015) is not looked at here, so that a
   * refusal in the wrong form is charged for its form alone.
   */
  readonly refusal: WireEvent | undefined;
  /** The first `complete` or `error` that is no refusal; undefined where there is none. */
  readonly terminal: WireEvent | undefined;
  readonly declared: Declared;
}

export interface ScenarioView extends Omit<Transcript, 'connections'> {
  readonly connections: readonly ConnectionView[];
  /** The first connection of that label. */
  connection(label: string): ConnectionView | undefined;
}

/** All transcripts of one run. */
export interface Evidence {
  readonly scenarios: readonly ScenarioView[];
  scenario(name: string): ScenarioView | undefined;
  /** Connections of the named scenarios, or of all. */
  connections(names?: readonly string[]): readonly ConnectionView[];
}
