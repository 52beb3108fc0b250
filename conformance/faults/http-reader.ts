/** Follows the messages of one direction of an HTTP/1.1 connection, to find the bytes of their bodies. Changes nothing. */

export interface Head {
  readonly startLine: string;
  /** Names in lower case; the last one of a name. */
  readonly fields: ReadonlyMap<string, string>;
}

/** What a message's head says of its body. */
type Body =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' | 'until-close' | 'unknown' };

export interface HttpReaderOptions {
  /** A head is complete. `false`: this message has no body, whatever its fields say. */
  readonly onHead: (head: Head) => boolean;
  /** `bytes.subarray(start, end)` belong to the body of the message whose head came last. */
  readonly onBody: (bytes: Uint8Array, start: number, end: number) => void;
  /** True for answers: a body without a length lasts until the connection closes. */
  readonly isAnswer: boolean;
}

const HEAD_BYTES = 64 * 1024;
const LINE_BYTES = 1024;
const LF = 0x0a;

/** Reads on as far as it understands; what is no HTTP/1.1 has no bodies. */
export class HttpReader {
  readonly #options: HttpReaderOptions;
  #at: 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close' | 'unknown' = 'head';
  #text = '';
  #left = 0;

  constructor(options: HttpReaderOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#at !== 'unknown') {
      at = this.#isInBody() ? this.#takeBody(bytes, at) : this.#takeLine(bytes, at);
    }
  }

  #isInBody(): boolean {
    return this.#at === 'length' || this.#at === 'chunk' || this.#at === 'until-close';
  }

  #takeBody(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#options.onBody(bytes, at, end);
    this.#left -= end - at;
    if (this.#left === 0) {
      this.#at = this.#at === 'chunk' ? 'chunk-end' : 'head';
    }
    return end;
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    const end = lineEnd === -1 ? bytes.length : lineEnd + 1;
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');
    if (this.#text.length > (this.#at === 'head' ? HEAD_BYTES : LINE_BYTES)) {
      this.#at = 'unknown';
    } else if (lineEnd !== -1) {
      this.#completeLine();
    }
    return end;
  }

  #completeLine(): void {
    switch (this.#at) {
      case 'head':
        // A blank line before a message is skipped, as servers do.
        if (/^\r?\n$/.test(this.#text)) this.#text = '';
        else if (/\r?\n\r?\n$/.test(this.#text)) this.#completeHead();
        return;
      case 'chunk-size': {
        const size = Number.parseInt(this.#text, 16);
        this.#text = '';
        this.#left = size;
        this.#at = Number.isNaN(size) ? 'unknown' : size === 0 ? 'trailers' : 'chunk';
        return;
      }
      case 'chunk-end':
        this.#text = '';
        this.#at = 'chunk-size';
        return;
      default:
        // A trailer, or the blank line after them.
        this.#at = /^\r?\n$/.test(this.#text) ? 'head' : 'trailers';
        this.#text = '';
    }
  }

  #completeHead(): void {
    const head = readHead(this.#text);
    this.#text = '';
    if (head === undefined) {
      this.#at = 'unknown';
      return;
    }
    if (!this.#options.onHead(head)) {
      return;
    }
    const body = bodyOf(head, this.#options.isAnswer);
    this.#left = body.kind === 'length' ? body.bytes : Number.POSITIVE_INFINITY;
    this.#at = body.kind === 'chunked' ? 'chunk-size' : this.#left === 0 ? 'head' : body.kind;
  }
}

function readHead(text: string): Head | undefined {
  const [startLine = '', ...lines] = text.trimEnd().split(/\r?\n/);
  if (!/HTTP\/1\.[01]/.test(startLine)) {
    return undefined;
  }
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [
      line.slice(0, Math.max(colon, 0)).toLowerCase(),
      line
        .slice(colon + 1)
        .trim()
        .toLowerCase(),
    ];
  });
  return { startLine, fields: new Map(fields) };
}

function bodyOf({ fields }: Head, isAnswer: boolean): Body {
  if (fields.get('transfer-encoding')?.includes('chunked') === true) {
    return { kind: 'chunked' };
  }
  const length = fields.get('content-length');
  if (length !== undefined) {
    return /^\d{1,15}$/.test(length) ? { kind: 'length', bytes: Number(length) } : { kind: 'unknown' };
  }
  return isAnswer ? { kind: 'until-close' } : { kind: 'length', bytes: 0 };
}
