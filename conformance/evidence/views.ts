/** Transcripts as rules look at them: bytes read once, on demand, and everything derived computed once. */
import { WireReader } from '../wire/reader.js';
import type { WireEvent, WireReading } from '../wire/types.js';
import { declare } from './declared.js';
import type {
  ConnectionView,
  Declared,
  Evidence,
  Header,
  RecordedConnection,
  ScenarioView,
  Transcript,
} from './types.js';

/** Codes of the in-band refusal of a cursor (REPLAY-012, REPLAY-013, REPLAY-014). */
const REFUSALS: readonly unknown[] = ['replay_gap', 'unknown_cursor'];

/** Readings of connections that were read while they were recorded: the same bytes need no second reading. */
const readings = new WeakMap<RecordedConnection, WireReading>();

/** Saves `viewConnection` the reading of these very bytes. */
export function rememberReading(recorded: RecordedConnection, reading: WireReading): void {
  readings.set(recorded, reading);
}

/** A recorded connection with its bytes read, lazily. */
export function viewConnection(recorded: RecordedConnection, scenario: string): ConnectionView {
  const jsonOf = new Map<WireEvent, Readonly<Record<string, unknown>> | undefined>();
  const eventsOf = new Map<string, readonly WireEvent[]>();

  const reading = once(() => readings.get(recorded) ?? read(recorded));
  const dispatched = once(() => reading().events.filter((event) => event.dispatched));
  const header = (name: string): string | undefined => joined(recorded.response?.headers, name);
  const isEventStream = once(() => recorded.response?.status === 200 && isEventStreamType(header('content-type')));

  const json = (event: WireEvent): Readonly<Record<string, unknown>> | undefined => {
    if (!jsonOf.has(event)) {
      jsonOf.set(event, objectIn(event.data));
    }
    return jsonOf.get(event);
  };
  const events = (type?: string): readonly WireEvent[] => {
    if (type === undefined) {
      return dispatched();
    }
    const known = eventsOf.get(type) ?? dispatched().filter((event) => event.type === type);
    eventsOf.set(type, known);
    return known;
  };
  const refusal = once((): WireEvent | undefined => {
    const opening = isEventStream() ? dispatched().find((event) => event.type !== 'heartbeat') : undefined;
    return opening?.type === 'error' && REFUSALS.includes(json(opening)?.code) ? opening : undefined;
  });
  const terminal = once(() =>
    refusal() === undefined
      ? dispatched().find((event) => event.type === 'complete' || event.type === 'error')
      : undefined,
  );
  const declared = once((): Declared => {
    const first = events('heartbeat')[0];
    return declare(header, first === undefined ? undefined : json(first));
  });

  return {
    ...recorded,
    scenario,
    status: recorded.response?.status ?? null,
    header,
    requestHeader: (name) => joined(recorded.request.headers, name),
    get reading() {
      return reading();
    },
    events,
    json,
    get isEventStream() {
      return isEventStream();
    },
    get carriesStream() {
      return isEventStream() && dispatched().length > 0 && refusal() === undefined;
    },
    get refusal() {
      return refusal();
    },
    get terminal() {
      return terminal();
    },
    get declared() {
      return declared();
    },
  };
}

export function viewScenario(transcript: Transcript): ScenarioView {
  const connections = transcript.connections.map((recorded) => viewConnection(recorded, transcript.scenario));
  return {
    ...transcript,
    connections,
    connection: (label) => connections.find((connection) => connection.label === label),
  };
}

/** All transcripts of one run. Of a repeated scenario the last attempt counts alone. */
export function createEvidence(transcripts: readonly Transcript[]): Evidence {
  const latest = new Map<string, Transcript>();
  for (const transcript of transcripts) {
    const known = latest.get(transcript.scenario);
    if (known === undefined || known.attempt < transcript.attempt) {
      latest.set(transcript.scenario, transcript);
    }
  }
  return gatherEvidence([...latest.values()].map(viewScenario));
}

/** The evidence of scenarios that were viewed before, each once. */
export function gatherEvidence(scenarios: readonly ScenarioView[]): Evidence {
  return {
    scenarios,
    scenario: (name) => scenarios.find((scenario) => scenario.scenario === name),
    connections: (names) =>
      scenarios
        .filter((scenario) => names === undefined || names.includes(scenario.scenario))
        .flatMap((scenario) => scenario.connections),
  };
}

/** True where a `Content-Type` names an event stream: its essence is compared, not a prefix (ruling 8). */
export function isEventStreamType(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream';
}

function read(recorded: RecordedConnection): WireReading {
  const reader = new WireReader();
  for (const chunk of recorded.chunks) {
    reader.push(Buffer.from(chunk.base64, 'base64'), chunk.atMs);
  }
  return reader.finish();
}

function joined(headers: readonly Header[] | undefined, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const values = headers?.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value) ?? [];
  return values.length === 0 ? undefined : values.join(', ');
}

function objectIn(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
