/** One request and its answer, byte for byte: the kit frames and flushes every write itself. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Ending, Header, RecordedChunk, RecordedConnection, RecordedResponse } from '../../evidence/types.js';
import { LINGER_MS } from './limits.js';
import { collectBody, recordRequest } from './recorded-request.js';
import { reset } from './transports.js';

type Kind = Ending['kind'];

export class StagedConnection {
  readonly request: IncomingMessage;
  readonly closed: Promise<void>;
  readonly #label: string;
  readonly #url: string;
  readonly #socket: Socket;
  readonly #now: () => number;
  readonly #onActivity: () => void;
  readonly #sentAtMs: number;
  readonly #body: () => string;
  readonly #chunks: RecordedChunk[] = [];
  /** HTTP/1.0 knows no chunks: the end of the connection is the end of the body. */
  readonly #isFramed: boolean;
  #response: RecordedResponse | null = null;
  #hasBody = true;
  #ending: Ending | undefined;

  constructor(
    request: IncomingMessage,
    label: string,
    { url, now, onActivity }: { url: string; now: () => number; onActivity: () => void },
  ) {
    this.request = request;
    this.#label = label;
    this.#url = url;
    this.#socket = request.socket;
    this.#now = now;
    this.#onActivity = onActivity;
    this.#sentAtMs = now();
    this.#body = collectBody(request);
    this.#isFramed = request.httpVersion !== '1.0';
    this.#socket.setNoDelay(true);
    this.closed = new Promise((resolve) => {
      this.#socket.once('end', () => this.#note('target', 'closed'));
      this.#socket.on('error', (error) => this.#note('target', 'reset', error.message));
      this.#socket.once('close', () => {
        this.#note('target', 'closed');
        resolve();
      });
    });
    if (this.#socket.destroyed) {
      this.#note('target', 'closed');
    }
  }

  /** True as soon as either side has ended it. */
  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** Sends the head of an answer. A stream's body is chunked, another's has its length. */
  head(status: number, headers: readonly Header[], bodyLength?: number): void {
    if (this.isOver) {
      return;
    }
    this.#hasBody = status !== 204 && status !== 304;
    const framing: Header[] = [['Connection', 'close']];
    if (bodyLength !== undefined && this.#hasBody) {
      framing.push(['Content-Length', String(bodyLength)]);
    } else if (this.#hasBody && this.#isFramed) {
      framing.push(['Transfer-Encoding', 'chunked']);
    }
    const all = [...headers, ...framing];
    const lines = [
      `HTTP/1.1 ${status} ${REASONS[status] ?? 'Answer'}`,
      ...all.map(([name, value]) => `${name}: ${value}`),
    ];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    this.#response = { atMs: this.#now(), status, httpVersion: '1.1', headers: all };
    this.#onActivity();
  }

  /** A body of known length, in one write. */
  body(bytes: Uint8Array): void {
    if (!this.isOver && bytes.length > 0) {
      this.#record(bytes);
      this.#socket.write(bytes);
    }
  }

  /** Writes one chunk of a stream and waits until the system has taken it. Resolves when the connection is over, too. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.isOver || bytes.length === 0) {
      return;
    }
    this.#record(bytes);
    const framed = this.#isFramed
      ? Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
      : bytes;
    const written = new Promise<void>((resolve) => {
      this.#socket.write(framed, () => resolve());
    });
    await Promise.race([written, this.closed]);
    // A turn of its own, so that the next write is not joined to this one.
    await setImmediate();
    this.#onActivity();
  }

  /** The kit ends a stream's answer. */
  end(how: 'eof' | 'reset' | 'truncate'): void {
    if (this.isOver) {
      return;
    }
    if (how === 'reset') {
      this.#note('kit', 'reset');
      reset(this.#socket);
    } else if (how === 'truncate') {
      this.#note('kit', 'truncated');
      // A chunk that is announced and never comes.
      this.#finish(this.#isFramed ? '400\r\n' : '');
    } else {
      this.#note('kit', 'eof');
      const isOpenBody = this.#isFramed && this.#hasBody && this.#response !== null;
      this.#finish(isOpenBody && !this.#hasLength ? '0\r\n\r\n' : '');
    }
  }

  /** The kit closes because there is no more to see. */
  close(detail: string): void {
    if (!this.isOver) {
      this.#note('kit', 'closed', detail);
    }
    this.#socket.destroy();
  }

  recorded(): RecordedConnection {
    return {
      label: this.#label,
      sentAtMs: this.#sentAtMs,
      request: recordRequest(this.request, this.#url, this.#body()),
      response: this.#response,
      chunks: this.#chunks,
      end: this.#ending ?? { atMs: this.#now(), by: 'kit', kind: 'closed' },
    };
  }

  get #hasLength(): boolean {
    return this.#response?.headers.some(([name]) => name === 'Content-Length') === true;
  }

  #record(bytes: Uint8Array): void {
    this.#chunks.push({ atMs: this.#now(), base64: Buffer.from(bytes).toString('base64') });
    this.#onActivity();
  }

  #finish(last: string): void {
    this.#socket.end(last);
    const linger = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once('close', () => clearTimeout(linger));
  }

  #note(by: Ending['by'], kind: Kind, detail?: string): void {
    if (this.#ending === undefined) {
      this.#ending = { atMs: this.#now(), by, kind, ...(detail === undefined ? {} : { detail }) };
      this.#onActivity();
    }
  }
}

/** Any phrase will do; these are for people who read along. */
const REASONS: Readonly<Partial<Record<number, string>>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  307: 'Temporary Redirect',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};
