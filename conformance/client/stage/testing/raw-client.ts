/** A client of raw bytes: sends text, keeps what comes, and tells how it ended. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** As text of one character a byte. */
  readonly raw: string;
  readonly head: string;
  /** Payload of each HTTP chunk, the last and empty one left out; the whole body where it is not chunked. */
  readonly chunks: readonly string[];
  /** False where the framing of HTTP was not complete. */
  readonly isWhole: boolean;
  /** Code of the error that ended the connection, such as `ECONNRESET`. */
  readonly error: string | undefined;
}

export class RawClient {
  readonly socket: Socket;
  readonly ended: Promise<RawAnswer>;
  #bytes = Buffer.alloc(0);
  #onBytes: () => void = () => undefined;

  constructor(origin: string, text: string) {
    const { hostname, port } = new URL(origin);
    this.socket = connect(Number(port), hostname);
    this.socket.write(text);
    this.socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#onBytes();
    });
    let error: string | undefined;
    this.socket.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => resolve(answerOf(this.#bytes.toString('latin1'), error)));
    });
  }

  /** Resolves when the text has come, rejects when the connection is over before. */
  async until(text: string): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#onBytes = () => {
        if (this.#bytes.includes(text)) {
          resolve();
        }
      };
      this.#onBytes();
    });
    const over = this.ended.then(({ raw }) => {
      if (!raw.includes(text)) {
        throw new Error(`the connection ended without ${JSON.stringify(text)}: ${JSON.stringify(raw)}`);
      }
    });
    await Promise.race([arrived, over]);
  }
}

/** A request without a body; lines of headers may be added. */
export function get(url: string, ...headers: readonly string[]): RawClient {
  return request(`GET ${target(url)} HTTP/1.1`, url, ...headers);
}

export function request(line: string, url: string, ...headers: readonly string[]): RawClient {
  const { origin, host } = new URL(url);
  return new RawClient(origin, [line, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
}

export function target(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function answerOf(raw: string, error: string | undefined): RawAnswer {
  const border = raw.indexOf('\r\n\r\n');
  const head = border === -1 ? raw : raw.slice(0, border);
  const body = border === -1 ? '' : raw.slice(border + 4);
  if (!/^transfer-encoding: chunked$/im.test(head)) {
    return { raw, head, chunks: body === '' ? [] : [body], isWhole: true, error };
  }
  const chunks: string[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    if (lineEnd === -1 || Number.isNaN(size) || body.length < lineEnd + 2 + size + 2) {
      return { raw, head, chunks, isWhole: false, error };
    }
    if (size === 0) {
      return { raw, head, chunks, isWhole: true, error };
    }
    chunks.push(body.slice(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
