/** Where a connection's bytes go: an HTTP/1.1 or HTTP/2 response, or the body of a WHATWG `Response`. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { HeaderMap } from './types.js';

/**
 * What goes to one connection or to thousands. Encoded and framed once for all of them; for a single one, not even once: node
 * copies text straight into the system call.
 */
export class Frame {
  #bytes: Buffer | undefined;
  #chunked: Buffer | undefined;
  #asked = false;

  /** Text stands for its UTF-8. */
  constructor(private readonly source: string | Buffer) {}

  get bytes(): Buffer {
    this.#bytes ??= typeof this.source === 'string' ? Buffer.from(this.source, 'utf8') : this.source;
    return this.#bytes;
  }

  /** As one chunk of HTTP/1.1's chunked transfer coding: bytes, or text of ASCII alone. */
  get chunked(): string | Buffer {
    if (this.#chunked) return this.#chunked;
    const { source } = this;
    if (!this.#asked && typeof source === 'string' && Buffer.byteLength(source) === source.length) {
      this.#asked = true;
      return `${source.length.toString(16)}\r\n${source}\r\n`;
    }
    this.#chunked = Buffer.concat([Buffer.from(`${this.bytes.length.toString(16)}\r\n`), this.bytes, CRLF]);
    return this.#chunked;
  }
}

const CRLF = Buffer.from('\r\n');

export interface Outlet {
  write(frame: Frame): void;
  /** Bytes that were written here and not yet taken by the network. */
  readonly bufferedBytes: number;
  /** Resolves when there is room again, and when the connection is gone. */
  drained(): Promise<void>;
  /** Closes in good order, after what is buffered. */
  end(): void;
  /** Drops the connection and what is buffered. */
  destroy(): void;
  /** Calls once, when the connection is gone for whatever reason. */
  onClose(listener: () => void): void;
}

/** An answer whose head is known. `carry` takes over the body. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly body?: string;
  readonly carry?: (outlet: Outlet) => void;
}

/** What node's sockets, HTTP/1.1 responses and HTTP/2 streams have in common. */
interface Sink {
  write(text: string, encoding: 'latin1'): boolean;
  write(bytes: Buffer): boolean;
  readonly destroyed: boolean;
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  on(name: 'drain' | 'close', listener: () => void): unknown;
  off(name: 'drain' | 'close', listener: () => void): unknown;
}

export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Sends the head and returns the outlet for the body. */
export function openNodeOutlet(response: NodeResponse, status: number, headers: HeaderMap): Outlet {
  if ('stream' in response) {
    response.writeHead(status, { ...headers });
    return new NodeOutlet(response, response.stream, false);
  }
  const merged: OutgoingHttpHeaders = { ...headers };
  response.writeHead(status, merged);
  response.flushHeaders();
  const { socket } = response;
  // A pipelined answer has no socket yet: then node's own queue takes the bytes.
  if (!socket || socket.destroyed) return new NodeOutlet(response, response, false);
  // Framing each event once and not once per connection is what makes a broadcast cheap.
  return new NodeOutlet(response, socket, response.chunkedEncoding);
}

const toBytes = (part: string | Buffer): Buffer => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part);

/** Outlets with bytes that wait for the end of this turn. */
let waiting: NodeOutlet[] = [];

function flushWaiting(): void {
  const outlets = waiting;
  waiting = [];
  for (const outlet of outlets) outlet.flush();
}

/**
 * Gathers what one turn of the event loop writes: a system call costs more than all else that is done for an event, and a
 * generator that has several chunks ready needs one. Nothing waits for a later turn.
 */
class NodeOutlet implements Outlet {
  readonly #pending: (string | Buffer)[] = [];
  #pendingBytes = 0;

  constructor(
    private readonly response: NodeResponse,
    private readonly sink: Sink,
    private readonly chunked: boolean,
  ) {}

  get bufferedBytes(): number {
    return this.sink.writableLength + this.#pendingBytes;
  }

  write(frame: Frame): void {
    const bytes = this.chunked ? frame.chunked : frame.bytes;
    if (this.#pendingBytes === 0) {
      if (waiting.length === 0) process.nextTick(flushWaiting);
      waiting.push(this);
    }
    this.#pendingBytes += bytes.length;
    this.#pending.push(bytes);
  }

  flush(): void {
    const pending = this.#pending;
    const [first] = pending;
    if (first === undefined) return;
    const bytes = pending.length === 1 ? first : Buffer.concat(pending.map(toBytes), this.#pendingBytes);
    this.#drop();
    if (this.sink.destroyed) return;
    if (typeof bytes === 'string') this.sink.write(bytes, 'latin1');
    else this.sink.write(bytes);
  }

  #drop(): void {
    this.#pending.length = 0;
    this.#pendingBytes = 0;
  }

  drained(): Promise<void> {
    this.flush();
    return new Promise((resolve) => {
      if (!this.sink.writableNeedDrain) {
        setImmediate(resolve);
        return;
      }
      const done = (): void => {
        this.sink.off('drain', done);
        this.sink.off('close', done);
        resolve();
      };
      this.sink.on('drain', done);
      this.sink.on('close', done);
    });
  }

  end(): void {
    this.flush();
    this.response.end();
  }

  destroy(): void {
    this.#drop();
    // With a code, the stream is reset at once; without one, node would wait for what is buffered.
    if ('stream' in this.response) this.response.stream.close(constants.NGHTTP2_CANCEL);
    else this.response.destroy();
  }

  onClose(listener: () => void): void {
    this.response.on('close', listener);
  }
}
