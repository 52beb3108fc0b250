/** One scenario while it is played: answers its requests in order and sees when nothing more happens. */
import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, startClock } from '../../evidence/recorder/clock.js';
import type { RecordedConnection } from '../../evidence/types.js';
import type { Answer, ClientScenario, Cue } from '../scenarios/scenario.js';
import { StagedConnection } from './connection.js';
import { crossOriginHeaders, preflightHeaders, statusHeaders, streamHeaders } from './heads.js';
import { LOOK_EVERY_MS, PATIENCE_MS, REQUESTS, SLOWNESS, START_MS } from './limits.js';
import { playSteps } from './play-steps.js';
import { cursorOf, StreamState } from './stream-state.js';

/** `settled`: nothing happens any more; `enough`: the client does not stop asking; `bound`: it took too long. */
export type Settled = 'settled' | 'enough' | 'bound';

export interface PlayOptions {
  readonly scenario: ClientScenario;
  /** Of the URL that the client was given; undefined where that names no stream. */
  readonly streamId: string | undefined;
  /** Tells the driver; false where it cannot. */
  readonly onCue: (cue: Cue) => Promise<boolean>;
  /** True where the client has told that it is still at it: then it is waited for longer. */
  readonly isBusy?: () => boolean;
  /** Resolves when a client that is slow has had its turn, with the milliseconds that took. */
  readonly onQuiet?: () => Promise<number>;
  /** False waits for the first request for ever. */
  readonly startsBySelf?: boolean;
}

export class Play {
  readonly clock: Clock = startClock();
  readonly notes: Record<string, string | number | boolean | null> = {};
  readonly state: StreamState;
  /** Resolves with the first request. */
  readonly asked: Promise<void>;
  readonly #options: PlayOptions;
  readonly #over = new AbortController();
  readonly #connections: StagedConnection[] = [];
  #onAsked: () => void = () => undefined;
  #running = 0;
  #requests = 0;
  #firstRequestMs: number | undefined;
  #lastActivityMs = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.state = new StreamState(options.scenario, options.streamId, () => this.clock.now());
    this.asked = new Promise((resolve) => {
      this.#onAsked = resolve;
    });
    // Every pause of every connection listens.
    setMaxListeners(0, this.#over.signal);
  }

  get scenario(): ClientScenario {
    return this.#options.scenario;
  }

  /** Requests so far, preflights left out. */
  get requests(): number {
    return this.#requests;
  }

  /** Answers a request for the stream of this scenario. Never rejects. */
  async accept(request: IncomingMessage, url: URL): Promise<void> {
    if (this.#over.signal.aborted || this.#requests >= REQUESTS) {
      this.#count('requestsUnanswered');
      request.socket.destroy();
      return;
    }
    if (request.method === 'OPTIONS') {
      this.#count('preflights');
      answerPreflight(request, this.#connection(request, 'preflight', url));
      return;
    }
    this.#requests += 1;
    this.#firstRequestMs ??= this.clock.now();
    this.#onAsked();
    const connection = this.#connection(request, `c${this.#requests}`, url);
    this.#connections.push(connection);
    const { answers } = this.scenario;
    const answer = answers[Math.min(this.#requests, answers.length) - 1];
    if (answer === undefined) {
      connection.close('the scenario has no answer');
      return;
    }
    this.notes[`answer-${this.#requests}`] = answer.kind === 'status' ? `status ${answer.status}` : answer.kind;
    this.#running += 1;
    this.state.join(request, url.searchParams);
    await this.#answer(answer, connection, url).catch((fault: unknown) => {
      this.notes.fault = String(fault).slice(0, 200);
      connection.close('a fault of the kit');
    });
    this.#running -= 1;
    this.#touch();
  }

  /** Resolves when there is no more to see. */
  async settled(signal: AbortSignal): Promise<Settled> {
    const startedMs = this.clock.now();
    for (;;) {
      const how = this.#limitReached(signal, startedMs) ?? ((await this.#isAtRest(startedMs)) ? 'settled' : undefined);
      if (how !== undefined) {
        return how;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** The client has told something. */
  heard(): void {
    this.#touch();
  }

  /** Waits until every connection is over, because the client is gone; at most that long. */
  async quiesce(atMostMs: number): Promise<void> {
    const all = Promise.all(this.#connections.map(({ closed }) => closed));
    const done = new AbortController();
    await Promise.race([all, sleep(atMostMs, undefined, { signal: done.signal }).catch(() => undefined)]);
    done.abort();
  }

  /** Ends what is still open. */
  close(): readonly RecordedConnection[] {
    this.#over.abort();
    for (const connection of this.#connections) {
      connection.close('the scenario is over');
    }
    return this.#connections.map((connection) => connection.recorded());
  }

  #connection(request: IncomingMessage, label: string, url: URL): StagedConnection {
    const context = { url: url.href, now: () => this.clock.now(), onActivity: () => this.#touch() };
    const connection = new StagedConnection(request, label, context);
    this.#touch();
    return connection;
  }

  async #answer(answer: Answer, connection: StagedConnection, url: URL): Promise<void> {
    const { request } = connection;
    switch (answer.kind) {
      case 'drop':
        return connection.end(answer.how === 'reset' ? 'reset' : 'eof');
      case 'silence':
        await this.#orClosed(answer.atMostMs, connection);
        return connection.end('eof');
      case 'status': {
        const body = Buffer.from(answer.body ?? (hasNoBody(answer.status) ? '' : problemOf(answer.status)));
        const self = `${url.pathname}${url.search}`;
        const headers = statusHeaders(
          Object.fromEntries(
            Object.entries(answer.headers ?? {}).map(([name, value]) => [name, filledIn(value, self)]),
          ),
          body.length > 0,
        );
        connection.head(answer.status, [...headers, ...crossOriginHeaders(request)], body.length);
        connection.body(body);
        return connection.end('eof');
      }
      case 'stream': {
        const { state } = this;
        const head = { streamId: state.streamId, traceId: state.traceId, parameters: this.scenario.parameters };
        const headers = [...streamHeaders(head, answer.headers), ...crossOriginHeaders(request)];
        connection.head(answer.status ?? 200, headers);
        const cursor = cursorOf(request, url.searchParams);
        const cue = (name: Cue): Promise<void> => this.#cue(name);
        return playSteps(answer, { connection, state, cursor, signal: this.#over.signal, cue });
      }
    }
  }

  async #cue(cue: Cue): Promise<void> {
    this.notes[`cue-${cue}-atMs`] = Math.round(this.clock.now());
    this.notes[`cue-${cue}`] = await this.#options.onCue(cue);
    this.#touch();
  }

  async #orClosed(ms: number, connection: StagedConnection): Promise<void> {
    const done = new AbortController();
    const pause = sleep(ms, undefined, { signal: AbortSignal.any([done.signal, this.#over.signal]) });
    await Promise.race([pause.catch(() => undefined), connection.closed]);
    done.abort();
  }

  #limitReached(signal: AbortSignal, startedMs: number): Settled | undefined {
    const { atMostMs, enoughRequests } = this.scenario;
    const sinceMs = this.#options.startsBySelf === false ? this.#firstRequestMs : startedMs;
    const isLate = sinceMs !== undefined && this.clock.now() - sinceMs > atMostMs;
    if (isLate || signal.aborted || this.#over.signal.aborted) {
      return 'bound';
    }
    return this.#requests > enoughRequests ? 'enough' : undefined;
  }

  async #isAtRest(startedMs: number): Promise<boolean> {
    const isStarting = this.#requests === 0;
    const isPatient = isStarting
      ? this.#options.startsBySelf === false || this.clock.now() - startedMs <= START_MS
      : !this.#isQuietFor(this.#patienceMs());
    if (isPatient) {
      return false;
    }
    const lateMs = (await this.#options.onQuiet?.()) ?? 0;
    if (isStarting) {
      return this.#requests === 0 && this.clock.now() - startedMs > START_MS + SLOWNESS * lateMs;
    }
    return this.#isQuietFor(this.#patienceMs() + SLOWNESS * lateMs);
  }

  #isQuietFor(ms: number): boolean {
    return this.#running === 0 && this.clock.now() - this.#lastActivityMs > ms;
  }

  #patienceMs(): number {
    const { settleMs, answers } = this.scenario;
    const isBusy = this.#requests < answers.length || this.#options.isBusy?.() === true;
    return isBusy ? Math.max(settleMs, PATIENCE_MS) : settleMs;
  }

  #count(name: string): void {
    const before = this.notes[name];
    this.notes[name] = (typeof before === 'number' ? before : 0) + 1;
  }

  #touch(): void {
    this.#lastActivityMs = this.clock.now();
  }
}

/** `{self}` is where the request went, `{date+4}` the date 4 s from now as HTTP writes it, in whole seconds. */
function filledIn(value: string, self: string): string {
  return value
    .replaceAll('{self}', self)
    .replace(/\{date\+(\d{1,5})\}/, (_, seconds) => new Date(Date.now() + Number(seconds) * 1000).toUTCString());
}

function answerPreflight(request: IncomingMessage, connection: StagedConnection): void {
  connection.head(204, preflightHeaders(request));
  connection.end('eof');
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

function problemOf(status: number): string {
  return JSON.stringify({ title: 'an answer of the script', status });
}
