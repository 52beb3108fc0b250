/** Where a connection's bytes go: an HTTP/1.1 or HTTP/2 response, or the body of a WHATWG `Response`. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { HeaderMap } from './types.js';

/** Bytes that go to many connections: built once, framed once. */
export class Frame {
  #chunked: Buffer | undefined;
  constructor(readonly bytes: Buffer) {}

  /** The bytes as one chunk of HTTP/1.1's chunked transfer coding. */
  get chunked(): Buffer {
    this.#chunked ??= Buffer.concat([Buffer.from(`${this.bytes.length.toString(16)}\r\n`), this.bytes, CRLF]);
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
  write(bytes: Buffer): boolean;
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

class NodeOutlet implements Outlet {
  constructor(
    private readonly response: NodeResponse,
    private readonly sink: Sink,
    private readonly chunked: boolean,
  ) {}

  get bufferedBytes(): number {
    return this.sink.writableLength;
  }

  write(frame: Frame): void {
    this.sink.write(this.chunked ? frame.chunked : frame.bytes);
  }

  drained(): Promise<void> {
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
    this.response.end();
  }

  destroy(): void {
    // With a code, the stream is reset at once; without one, node would wait for what is buffered.
    if ('stream' in this.response) this.response.stream.close(constants.NGHTTP2_CANCEL);
    else this.response.destroy();
  }

  onClose(listener: () => void): void {
    this.response.on('close', listener);
  }
}
