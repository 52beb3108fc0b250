/** Records what a scenario's connections send and get, with arrival times; the scenario cannot leave anything out. */
import { WireReader } from '../../wire/reader.js';
import type { WireEvent } from '../../wire/types.js';
import type { Ending, Header, RecordedConnection, RecordedResponse } from '../types.js';
import { rememberReading } from '../views.js';
import { type Clock, startClock } from './clock.js';
import type { Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import {
  createRunBudgets,
  FIRST_EVENTS,
  RECORDER_LIMITS,
  type RecorderLimits,
  type RunBudgets,
  SHORTEST_EVENT_BYTES,
} from './limits.js';
import { REDACTED, type Redactor } from './redact.js';
import type { Transport } from './transport.js';

export interface RecorderOptions {
  /** Shared by all recorders of a run, which closes it. */
  readonly transport: Transport;
  readonly redactor: Redactor;
  readonly limits?: Partial<RecorderLimits>;
  /** Shared by all recorders of a run. */
  readonly budgets?: RunBudgets;
  readonly clock?: Clock;
}

export interface Recording extends ExchangeRequest {
  readonly label: string;
  /** The kit ends the connection when it is this old, milliseconds. */
  readonly timeoutMs: number;
}

/** Decides when a request goes out: calls `start` now or later; `until` resolves with the answer or the end. */
export type Admission = (start: () => void, until: () => Promise<unknown>) => void;

/** Records the connections of one transcript. */
export class Recorder {
  readonly clock: Clock;
  readonly #transport: Transport;
  readonly #redactor: Redactor;
  readonly #limits: RecorderLimits;
  readonly #budgets: RunBudgets;
  readonly #connections: RecordingConnection[] = [];

  constructor(options: RecorderOptions) {
    this.clock = options.clock ?? startClock();
    this.#transport = options.transport;
    this.#redactor = options.redactor;
    this.#limits = { ...RECORDER_LIMITS, ...options.limits };
    this.#budgets = options.budgets ?? createRunBudgets();
  }

  open(recording: Recording, admit: Admission = (start) => start()): RecordingConnection {
    const connection = new RecordingConnection(recording, this.clock, this.#limits, this.#budgets, this.#redactor);
    this.#connections.push(connection);
    admit(
      () => connection.start((sink) => this.#transport.start(recording, sink, this.#limits)),
      () => connection.response,
    );
    return connection;
  }

  /** Ends what is still open. Resolves when all of it is recorded. */
  async close(kind: 'closed' | 'timeout' = 'closed', detail?: string): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.stop(kind, detail)));
  }

  /** In the order in which they were opened, without those that never went out. Call it after `close`. */
  recorded(): readonly RecordedConnection[] {
    return this.#connections.filter((connection) => connection.wasSent).map((connection) => connection.recorded());
  }
}

/** One connection while it is recorded. Its promises never reject. */
export class RecordingConnection {
  readonly label: string;
  readonly response: Promise<RecordedResponse | null>;
  readonly ended: Promise<Ending>;
  readonly #recording: Recording;
  readonly #clock: Clock;
  readonly #limits: RecorderLimits;
  readonly #budgets: RunBudgets;
  readonly #redactor: Redactor;
  readonly #reader = new WireReader();
  readonly #chunks: { readonly atMs: number; readonly bytes: Buffer }[] = [];
  readonly #waiters = new Set<() => void>();
  #sentAtMs: number | undefined;
  #bytes = 0;
  #bytesWithoutEvent = 0;
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #head: RecordedResponse | null = null;
  #end: Ending | undefined;
  #resolveResponse: (response: RecordedResponse | null) => void = () => undefined;
  #resolveEnded: (ending: Ending) => void = () => undefined;

  constructor(recording: Recording, clock: Clock, limits: RecorderLimits, budgets: RunBudgets, redactor: Redactor) {
    this.label = recording.label;
    this.#recording = recording;
    this.#clock = clock;
    this.#limits = limits;
    this.#budgets = budgets;
    this.#redactor = redactor;
    this.response = new Promise((resolve) => {
      this.#resolveResponse = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  start(begin: (sink: ExchangeSink) => Exchange): void {
    if (this.#end !== undefined) {
      return;
    }
    const { timeoutMs } = this.#recording;
    this.#sentAtMs = this.#clock.now();
    this.#timer = setTimeout(() => this.stop('timeout', `still open after ${Math.round(timeoutMs)} ms`), timeoutMs);
    this.#exchange = begin({
      onHead: (response) => this.#onHead({ atMs: this.#clock.now(), ...response }),
      onBytes: (bytes) => this.#onBytes(bytes),
      onEnd: (ending) => this.#onEnd({ atMs: this.#clock.now(), ...ending }),
    });
  }

  get wasSent(): boolean {
    return this.#sentAtMs !== undefined;
  }

  /** Events so far, blocks without data included. */
  get events(): readonly WireEvent[] {
    return this.#reader.reading.events;
  }

  /** The first event, past or to come, that matches; undefined when the connection ends first. */
  until(matches: (event: WireEvent) => boolean): Promise<WireEvent | undefined> {
    let looked = 0;
    return new Promise((resolve) => {
      const look = (): void => {
        const { events } = this;
        for (; looked < events.length; looked += 1) {
          const event = events[looked];
          if (event !== undefined && matches(event)) {
            this.#waiters.delete(look);
            resolve(event);
            return;
          }
        }
        if (this.#end !== undefined) {
          this.#waiters.delete(look);
          resolve(undefined);
        }
      };
      this.#waiters.add(look);
      look();
    });
  }

  /** The kit closes. */
  close(): Promise<Ending> {
    return this.stop('closed');
  }

  stop(kind: 'closed' | 'timeout' | 'limit', detail?: string): Promise<Ending> {
    if (this.#exchange !== undefined) {
      this.#exchange.stop(kind, detail);
    } else if (this.#end === undefined) {
      this.#onEnd({ atMs: this.#clock.now(), by: 'kit', kind, ...(detail === undefined ? {} : { detail }) });
    }
    return this.ended;
  }

  resume(): void {
    this.#exchange?.resume();
  }

  /** What is stored of it, secrets replaced. */
  recorded(): RecordedConnection {
    const { method, url, headers, body } = this.#recording;
    const plain = this.#chunks.map(({ bytes }) => bytes);
    const masked = this.#redactor.searches ? this.#redactor.chunks(plain) : plain;
    const recorded: RecordedConnection = {
      label: this.label,
      sentAtMs: this.#sentAtMs ?? 0,
      request: {
        method,
        url: this.#redactor.url(url.href),
        headers: this.#redactor.headers(headers),
        ...(body === undefined ? {} : { body: this.#redactor.text(body.toString()) }),
      },
      response:
        this.#head === null
          ? null
          : {
              ...this.#head,
              headers: this.#head.headers.map(
                ([name, value]): Header => [
                  name,
                  name.toLowerCase() === 'set-cookie' ? REDACTED : this.#redactor.text(value),
                ],
              ),
            },
      chunks: this.#chunks.map(({ atMs }, index) => ({
        atMs,
        base64: (masked[index] ?? Buffer.alloc(0)).toString('base64'),
      })),
      end: this.#end ?? { atMs: this.#clock.now(), by: 'kit', kind: 'closed', detail: 'recorded before its end' },
    };
    if (masked === plain) {
      rememberReading(recorded, this.#reader.finish());
    }
    return recorded;
  }

  #onHead(response: RecordedResponse): void {
    this.#head = response;
    this.#resolveResponse(response);
  }

  #onBytes(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.bodyBytes) {
      void this.stop('limit', `more than ${this.#limits.bodyBytes} bytes`);
    } else if (this.#chunks.length >= this.#limits.chunks) {
      void this.stop('limit', `more than ${this.#limits.chunks} arrivals`);
    } else if (!this.#budgets.bytes.take(bytes.length)) {
      void this.stop('limit', 'the bytes that the kit keeps of one run are used up');
    } else {
      const atMs = this.#clock.now();
      this.#chunks.push({ atMs, bytes: Buffer.from(bytes) });
      const before = this.events.length;
      this.#reader.push(bytes, atMs);
      this.#wake();
      this.#boundEvents(this.events.length - before, bytes.length);
    }
  }

  #boundEvents(events: number, bytes: number): void {
    this.#bytesWithoutEvent = events === 0 ? this.#bytesWithoutEvent + bytes : 0;
    if (this.#bytesWithoutEvent > this.#limits.eventBytes) {
      void this.stop('limit', `more than ${this.#limits.eventBytes} bytes without an event`);
    } else if (this.events.length > Math.max(FIRST_EVENTS, this.#bytes / SHORTEST_EVENT_BYTES)) {
      void this.stop('limit', `more than ${FIRST_EVENTS} events, shorter than any of this protocol`);
    } else if (this.events.length > this.#limits.events) {
      void this.stop('limit', `more than ${this.#limits.events} events`);
    } else if (!this.#budgets.events.take(events)) {
      void this.stop('limit', 'the events that the kit keeps of one run are used up');
    }
  }

  #onEnd(ending: Ending): void {
    this.#end = ending;
    clearTimeout(this.#timer);
    this.#resolveResponse(this.#head);
    this.#resolveEnded(ending);
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiters]) {
      look();
    }
  }
}
