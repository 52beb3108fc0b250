/** A plain reader for the tests: it records what a connection brings and decides nothing. */
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export interface ConnectOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export class Connection {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: EventSourceMessage[] = [];
  /** `retry` fields, milliseconds. */
  readonly retries: number[] = [];
  text = '';
  /** `end`: in good order; `cut`: the body broke off. */
  readonly ended: Promise<'end' | 'cut'>;
  readonly #waiting = new Set<() => void>();
  readonly #listeners: ((event: EventSourceMessage) => void)[] = [];
  #over = false;

  constructor(readonly message: IncomingMessage) {
    this.status = message.statusCode ?? 0;
    this.headers = message.headers;
    const parser = createParser({
      onEvent: (event) => {
        this.events.push(event);
        for (const listener of this.#listeners) listener(event);
      },
      onRetry: (ms) => this.retries.push(ms),
    });
    message.setEncoding('utf8');
    message.on('data', (text: string) => {
      this.text += text;
      parser.feed(text);
      this.#notify();
    });
    this.ended = new Promise((resolve) => {
      message.once('close', () => {
        this.#over = true;
        this.#notify();
        resolve(message.complete ? 'end' : 'cut');
      });
    });
    message.on('error', () => undefined);
  }

  /** The first event that matches, past or to come; rejects when the connection ends without it. */
  until(matches: (event: EventSourceMessage) => boolean): Promise<EventSourceMessage> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.events.find(matches);
        if (!found && !this.#over) return;
        this.#waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`the connection ended without the event; it brought ${this.events.length} others`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Calls with every event, past and to come. */
  watch(listener: (event: EventSourceMessage) => void): void {
    this.events.forEach(listener);
    this.#listeners.push(listener);
  }

  untilId(id: number): Promise<EventSourceMessage> {
    return this.until((event) => event.id === String(id));
  }

  /** Ids that events carried, in order of arrival. */
  ids(): number[] {
    return this.events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.events.filter(({ event }) => event === type).map(({ data }) => parseObject(data));
  }

  content(): string {
    return this.ofType('content_chunk')
      .map(({ content }) => content)
      .join('');
  }

  close(): void {
    this.message.destroy();
  }

  #notify(): void {
    for (const look of this.#waiting) look();
  }
}

export function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError(`expected a JSON object, got ${text}`);
  return Object.fromEntries(Object.entries(value));
}

/** Resolves with the head of the answer. Each connection has a socket of its own. */
export function connect(
  url: string | URL,
  { method = 'GET', headers = {}, body }: ConnectOptions = {},
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { accept: 'text/event-stream', ...headers }, agent: false })
      .once('response', (message) => resolve(new Connection(message)))
      .once('error', reject)
      .end(body);
  });
}

/** A whole short answer. */
export async function ask(url: string | URL, options?: ConnectOptions): Promise<Connection> {
  const connection = await connect(url, options);
  await connection.ended;
  return connection;
}
