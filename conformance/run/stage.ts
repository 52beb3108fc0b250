/** What a scenario works with while it runs against a real target: builds requests, records them, bounds their life. */
import { randomUUID } from 'node:crypto';
import { secondsOfHeader, secondsOfMember } from '../evidence/declared.js';
import type { Recorder, RecordingConnection } from '../evidence/recorder/recorder.js';
import type { Ending, Header, RecordedResponse } from '../evidence/types.js';
import { headerOf, opensStream } from '../server/scenarios/reading.js';
import type { OccasionName, OpenOptions, Stage, Visit } from '../server/scenarios/scenario.js';
import { addressNamed, addressOf } from './address.js';
import type { Gate } from './gate.js';
import { TimeBound } from './time-bound.js';
import type { ServerTarget } from './types.js';

/** A connection that resumes a stream near its cap gets at least this long, milliseconds. */
const SHORTEST_LIFE_MS = 1500;

/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2_147_483_647;

export interface StageOptions {
  readonly target: ServerTarget;
  /** The occasion whose URL the scenario uses. */
  readonly occasion: OccasionName;
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly bound: TimeBound;
  readonly signal: AbortSignal;
  readonly userAgent: string;
  readonly shutdown: () => Promise<void>;
  /** The head of an answer, or null where a connection ended without one. */
  readonly onAnswer: (response: RecordedResponse | null, end: Promise<Ending>) => void;
}

export class ServerStage implements Stage {
  readonly choosesStreamId: boolean;
  readonly hasOtherCredentials: boolean;
  readonly signal: AbortSignal;
  readonly notes: Record<string, string | number | boolean | null> = {};
  readonly #options: StageOptions;
  /** When the first connection of each stream got its answer, `performance.now()`. */
  readonly #openedAtMs = new Map<string, number>();
  readonly #identified: Promise<void>;
  #resolveIdentified: () => void = () => undefined;
  #streamId: string | null;
  /** Where a stream that a POST created can be read. */
  #location: string | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.choosesStreamId = options.target.choosesStreamId;
    this.hasOtherCredentials = options.target.otherHeaders !== undefined;
    this.#streamId = this.freshStreamId();
    this.#identified = new Promise((resolve) => {
      this.#resolveIdentified = resolve;
    });
    if (this.choosesStreamId) {
      this.#resolveIdentified();
    }
    this.signal.addEventListener('abort', () => this.#resolveIdentified());
  }

  get streamId(): string {
    return this.#streamId ?? '';
  }

  freshStreamId(): string | null {
    return this.choosesStreamId ? randomUUID() : null;
  }

  identified(): Promise<void> {
    return this.#identified;
  }

  elapsedMs(): number {
    return this.#options.recorder.clock.now();
  }

  note(name: string, value: string | number | boolean | null): void {
    this.notes[name] = value;
  }

  shutdown(): Promise<void> {
    return this.#options.shutdown();
  }

  pause(ms: number): Promise<void> {
    if (this.signal.aborted || ms <= 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      this.signal.addEventListener('abort', done);
    });
  }

  open(options: OpenOptions): Visit {
    const url = this.signal.aborted ? undefined : this.#urlOf(options);
    if (url === undefined) {
      return neverSent(options.label, this.elapsedMs());
    }
    const { recorder, gate, onAnswer } = this.#options;
    const creation = this.#creationFor(options);
    const body = options.body ?? creation?.body;
    const connection = recorder.open(
      {
        label: options.label,
        method: options.method ?? creation?.method ?? 'GET',
        url,
        headers: this.#headersOf(options, creation?.contentType),
        timeoutMs: Math.min(options.timeoutMs ?? LONGEST_TIMER_MS, LONGEST_TIMER_MS),
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
        ...(options.http2 === undefined ? {} : { http2: options.http2 }),
        ...(options.pauseAfterBytes === undefined ? {} : { pauseAfterBytes: options.pauseAfterBytes }),
      },
      (start, until) => gate.enter(start, until),
    );
    void connection.response.then((response) => {
      onAnswer(response, connection.ended);
      this.#identify(response);
      if (opensStream(response)) {
        this.#limitLife(connection, response, options);
      }
    });
    return connection;
  }

  #urlOf(options: OpenOptions): URL | undefined {
    const { target, occasion } = this.#options;
    const base = target.occasions[options.occasion ?? occasion] ?? target.url;
    const cursors = options.cursorQuery === undefined ? [] : [options.cursorQuery].flat();
    const streamId = options.streamId === undefined ? this.#streamId : options.streamId;
    const address = addressOf(base, { streamId, cursors });
    // A stream that was created by POST is read where the target said.
    const named = options.url ?? (options.streamId === undefined ? this.#location : undefined);
    const url = named === undefined ? address : addressNamed(named, address, cursors);
    if (url !== undefined && options.credentials !== undefined && options.credentials !== 'own') {
      url.username = '';
      url.password = '';
    }
    return url;
  }

  /** How the request creates its stream, where that takes a POST and the stream is not there yet. */
  #creationFor(options: OpenOptions): ServerTarget['creation'] {
    const isFresh = options.streamId === null || (options.streamId === undefined && this.#location === undefined);
    return isFresh && options.method === undefined && options.url === undefined
      ? this.#options.target.creation
      : undefined;
  }

  #headersOf(options: OpenOptions, contentType: string | undefined): readonly Header[] {
    const { target, userAgent } = this.#options;
    const credentials = { own: target.headers, none: [], other: target.otherHeaders ?? [] };
    const headers = new Map<string, Header[]>();
    const set = (name: string, values: readonly string[]): void => {
      headers.set(
        name.toLowerCase(),
        values.map((value): Header => [name, value]),
      );
    };
    set('Accept', ['text/event-stream']);
    set('User-Agent', [userAgent]);
    if (contentType !== undefined) {
      set('Content-Type', [contentType]);
    }
    for (const [name] of credentials[options.credentials ?? 'own']) {
      set(
        name,
        credentials[options.credentials ?? 'own']
          .filter(([other]) => other.toLowerCase() === name.toLowerCase())
          .map(([, value]) => value),
      );
    }
    if (options.cursorHeader !== undefined) {
      set('Last-Event-ID', [options.cursorHeader]);
    }
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      set(name, value === null ? [] : [value].flat());
    }
    return [...headers.values()].flat();
  }

  /** With `--no-stream-id` the stream is known by what the first answer calls it. */
  #identify(response: RecordedResponse | null): void {
    if (!this.choosesStreamId && this.#streamId === null) {
      this.#streamId = headerOf(response, 'x-stream-id') ?? null;
      if (this.#options.target.creation !== undefined) {
        this.#location = headerOf(response, 'content-location');
      }
      this.#resolveIdentified();
    }
  }

  /** A stream that goes on past its cap is cut by the kit: nothing after that could be right. */
  #limitLife(connection: RecordingConnection, response: RecordedResponse | null, options: OpenOptions): void {
    const { bound } = this.#options;
    const nowMs = performance.now();
    const stream = options.url ?? options.streamId ?? this.streamId;
    const openedAtMs = this.#openedAtMs.get(stream) ?? nowMs;
    this.#openedAtMs.set(stream, openedAtMs);
    let timer: NodeJS.Timeout | undefined;
    const limit = (capSeconds: number | undefined): void => {
      clearTimeout(timer);
      if (capSeconds !== undefined && openedAtMs === nowMs) {
        bound.declare(capSeconds, openedAtMs);
      }
      const lifeMs = Math.max(openedAtMs + TimeBound.lifeMs(capSeconds) - performance.now(), SHORTEST_LIFE_MS);
      timer = setTimeout(
        () => void connection.stop('timeout', 'cut by the kit: the stream went on past its cap'),
        Math.min(lifeMs, LONGEST_TIMER_MS),
      );
    };
    const fromHeader = secondsOfHeader(headerOf(response, 'x-stream-max-seconds'));
    limit(fromHeader);
    void connection
      .until((event) => event.type === 'heartbeat')
      .then((heartbeat) => {
        const fromHeartbeat = secondsOfMember(heartbeat === undefined ? undefined : maxDurationIn(heartbeat.data));
        if (fromHeartbeat !== undefined && fromHeartbeat !== fromHeader) {
          limit(fromHeartbeat);
        }
      });
    void connection.ended.then(() => clearTimeout(timer));
  }
}

function maxDurationIn(data: string): unknown {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'max_duration' in value ? value.max_duration : undefined;
  } catch {
    return undefined;
  }
}

/** What `open` gives when the run's time is up, or for a URL that leads away from the target. */
function neverSent(label: string, atMs: number): Visit {
  const ended = Promise.resolve<Ending>({ atMs, by: 'kit', kind: 'closed', detail: 'never sent' });
  return {
    label,
    response: Promise.resolve(null),
    ended,
    events: [],
    until: () => Promise.resolve(undefined),
    close: () => ended,
    resume: () => undefined,
  };
}
