/** What the scripted server knows of the one logical stream of a scenario, over all its connections. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type EventFields, WireWriter } from '../../wire/writer.js';
import type { ClientScenario, PlayedEvent, PlayedParameters } from '../scenarios/scenario.js';

const ID = /^[1-9][0-9]{0,15}$/;
const STREAM_ID = /^[A-Za-z0-9._~-]{1,128}$/;
const TRACE_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

export class StreamState {
  readonly scenario: ClientScenario;
  readonly #now: () => number;
  readonly #chunkIds = new Set<number>();
  #createdAtMs: number | undefined;
  #streamId: string;
  #traceId: string | undefined;
  #headId = 0;
  #isNamed: boolean;

  constructor(scenario: ClientScenario, streamId: string | undefined, now: () => number) {
    this.scenario = scenario;
    this.#streamId = streamId ?? randomBytes(16).toString('hex');
    this.#isNamed = streamId !== undefined;
    this.#now = now;
  }

  /** False where neither the kit nor the client named the stream. */
  get isNamed(): boolean {
    return this.#isNamed;
  }

  get streamId(): string {
    return this.#streamId;
  }

  get traceId(): string {
    this.#traceId ??= randomBytes(16).toString('hex');
    return this.#traceId;
  }

  /** The first request creates the stream, under the ids that it names. */
  join(request: IncomingMessage, query: URLSearchParams): void {
    if (this.#createdAtMs !== undefined) {
      return;
    }
    this.#createdAtMs = this.#now();
    const named = query.get('stream_id');
    if (this.scenario.namesStream === false && named !== null && STREAM_ID.test(named)) {
      this.#streamId = named;
      this.#isNamed = true;
    }
    const { 'x-trace-id': traceId, traceparent } = request.headers;
    if (typeof traceId === 'string' && TRACE_ID.test(traceId)) {
      this.#traceId = traceId;
    } else if (typeof traceparent === 'string') {
      this.#traceId = TRACEPARENT.exec(traceparent)?.[1];
    }
  }

  /** Events after the cursor up to an id, less those that are skipped. */
  eventsBetween(cursor: number, upToId: number, skipIds: readonly number[] = []): readonly PlayedEvent[] {
    return this.scenario.stream.filter(({ id }) => {
      const number = Number(id);
      return number > cursor && number <= upToId && !skipIds.includes(number);
    });
  }

  /** Notes that an event goes out, and fills in the trace id. */
  sending({ type, id, data, blockBytes }: PlayedEvent): EventFields {
    const number = Number(id ?? 0);
    this.#headId = Math.max(this.#headId, number);
    if (type === 'content_chunk') {
      this.#chunkIds.add(number);
    }
    const lines = (typeof data === 'string' ? [data] : data).map((line) => this.fill(line));
    const fields = { event: type, ...(id === undefined ? {} : { id }), data: lines };
    return blockBytes === undefined ? fields : padded(fields, blockBytes);
  }

  fill(text: string): string {
    return text.replaceAll('{trace_id}', this.traceId);
  }

  /** Data of a heartbeat; `parameters` is left out of a bare one. */
  heartbeat(count: number, parameters: PlayedParameters | undefined): string {
    const uptime = (this.#now() - (this.#createdAtMs ?? this.#now())) / 1000;
    const { maxSeconds } = parameters ?? this.scenario.parameters;
    return JSON.stringify({
      stream_id: this.streamId,
      trace_id: this.traceId,
      timestamp: new Date().toISOString(),
      uptime_seconds: rounded(uptime),
      total_chunks: this.#chunkIds.size,
      heartbeat_count: count,
      remaining_seconds: rounded(Math.max(0, maxSeconds - uptime)),
      ...(parameters === undefined
        ? {}
        : {
            max_duration: parameters.maxSeconds,
            heartbeat_interval: parameters.heartbeatInterval,
            silence_threshold: parameters.silenceThreshold,
            protocol: '1.0',
          }),
      head_id: this.#headId,
    });
  }
}

/** The header wins where it is a cursor at all (REPLAY-003); what is malformed counts as none. */
export function cursorOf(request: IncomingMessage, query: URLSearchParams): number {
  const header = request.headers['last-event-id'];
  const candidates = [typeof header === 'string' ? header : undefined, query.get('last_event_id') ?? undefined];
  const valid = candidates.find((value) => value !== undefined && ID.test(value));
  return valid === undefined ? 0 : Number(valid);
}

/** The trace id, whose length the client may have chosen, is in the data already. */
function padded(fields: EventFields & { readonly data: readonly string[] }, blockBytes: number): EventFields {
  const around = new WireWriter().event(fields).length - '{pad}'.length;
  return { ...fields, data: fields.data.map((line) => line.replace('{pad}', 'x'.repeat(blockBytes - around))) };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
