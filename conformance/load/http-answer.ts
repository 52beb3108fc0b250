/**
 * Reads one HTTP/1.1 answer from a socket's bytes: head, then body with its framing taken off. Bounded, and never
 * throwing: what is no HTTP becomes a fault in words.
 */

export interface AnswerHead {
  readonly status: number;
  /** By lower-case name; of a repeated field the last one counts. */
  readonly fields: ReadonlyMap<string, string>;
}

export interface AnswerSink {
  /** Returning false ends the reading. */
  onHead(head: AnswerHead): boolean;
  /** A part of the body, that is only valid during the call. Returning false ends the reading. */
  onBody(bytes: Buffer): boolean;
  /** The body has ended as its framing says. */
  onEnd(): void;
  /** What came is no HTTP/1.1. */
  onFault(reason: string): void;
}

/** Of all lines of a head, and of a chunk's size line. */
const MOST_HEAD_BYTES = 64 * 1024;
const MOST_SIZE_LINE_BYTES = 1024;

const CR = 0x0d;
const LF = 0x0a;

type Stage = 'head' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'counted' | 'to-the-end' | 'over';

export class AnswerReader {
  readonly #sink: AnswerSink;
  #stage: Stage = 'head';
  #kept = '';
  /** Bytes of the chunk, or of the whole body, that are still to come. */
  #left = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#stage !== 'over') at = this.#step(bytes, at);
  }

  /** The other side has closed. True where the answer was whole. */
  end(): boolean {
    const whole = this.#stage === 'over' || this.#stage === 'to-the-end';
    if (this.#stage === 'to-the-end') this.#finish();
    this.#stage = 'over';
    return whole;
  }

  /** Takes some bytes from `at` and returns where it stopped. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#stage) {
      case 'head':
        return this.#takeHead(bytes, at);
      case 'size':
        return this.#takeSize(bytes, at);
      case 'chunk':
      case 'counted':
        return this.#takeBody(bytes, at, Math.min(bytes.length, at + this.#left));
      case 'to-the-end':
        return this.#takeBody(bytes, at, bytes.length);
      case 'chunk-end':
        return this.#takeChunkEnd(bytes, at);
      case 'trailer':
        return this.#takeTrailer(bytes, at);
      default:
        return bytes.length;
    }
  }

  #takeHead(bytes: Buffer, at: number): number {
    const before = this.#kept.length;
    this.#kept += bytes.toString('latin1', at, Math.min(bytes.length, at + MOST_HEAD_BYTES));
    const end = /\r?\n\r?\n/g;
    end.lastIndex = Math.max(0, before - 3);
    const found = end.exec(this.#kept);
    if (found === null) {
      if (this.#kept.length > MOST_HEAD_BYTES) this.#fault(`a head of more than ${MOST_HEAD_BYTES} bytes`);
      return bytes.length;
    }
    const text = this.#kept.slice(0, found.index);
    const next = at + end.lastIndex - before;
    this.#kept = '';
    this.#openBody(text);
    return next;
  }

  #openBody(text: string): void {
    const [first = '', ...lines] = text.split(/\r?\n/);
    const [, status = ''] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first) ?? [];
    if (status === '') {
      this.#fault(`no HTTP/1.1 answer but ${JSON.stringify(first.slice(0, 40))}`);
      return;
    }
    // An interim answer: the final one follows.
    if (status.startsWith('1')) return;
    const fields = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const length = fields.get('content-length');
    if (status === '204' || status === '304') this.#stage = 'over';
    else if (fields.get('transfer-encoding')?.toLowerCase() === 'chunked') this.#stage = 'size';
    else if (length === undefined) this.#stage = 'to-the-end';
    else this.#expect(length);
    const isEmpty = this.#stage === 'over';
    if (!this.#sink.onHead({ status: Number(status), fields })) this.#stage = 'over';
    else if (isEmpty) this.#sink.onEnd();
  }

  #expect(length: string): void {
    this.#left = /^\d{1,15}$/.test(length) ? Number(length) : 0;
    this.#stage = this.#left === 0 ? 'over' : 'counted';
  }

  #takeBody(bytes: Buffer, at: number, end: number): number {
    const isWhole = at === 0 && end === bytes.length;
    if (!this.#sink.onBody(isWhole ? bytes : bytes.subarray(at, end))) {
      this.#stage = 'over';
      return bytes.length;
    }
    if (this.#stage === 'to-the-end') return end;
    this.#left -= end - at;
    if (this.#left > 0) return end;
    if (this.#stage === 'counted') this.#finish();
    else this.#stage = 'chunk-end';
    return end;
  }

  #takeSize(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    if (end === -1 || this.#kept !== '') return this.#keepSize(bytes, at, end);
    this.#openChunk(bytes, at, end);
    return end + 1;
  }

  /** A size line that came in pieces. */
  #keepSize(bytes: Buffer, at: number, end: number): number {
    this.#kept += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (this.#kept.length > MOST_SIZE_LINE_BYTES) this.#fault('a chunk whose size line never ends');
    if (end === -1) return bytes.length;
    const line = Buffer.from(this.#kept, 'latin1');
    this.#kept = '';
    if (this.#stage === 'size') this.#openChunk(line, 0, line.length);
    return end + 1;
  }

  #openChunk(line: Buffer, start: number, end: number): void {
    let size = 0;
    let at = start;
    for (; at < end; at += 1) {
      const digit = hexDigit(line[at] ?? 0);
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    const next = at === end ? CR : line[at];
    const isSize = at > start && at - start <= 12 && (next === CR || next === 0x3b || next === 0x20);
    if (!isSize) this.#fault('a chunk without a size');
    else if (size === 0) this.#stage = 'trailer';
    else {
      this.#left = size;
      this.#stage = 'chunk';
    }
  }

  #takeChunkEnd(bytes: Buffer, at: number): number {
    if (bytes[at] === LF) this.#stage = 'size';
    else if (bytes[at] !== CR) this.#fault('a chunk longer than its size');
    return at + 1;
  }

  /** Fields after the last chunk are of no interest; an empty line ends them. */
  #takeTrailer(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    this.#kept += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (this.#kept.length > MOST_HEAD_BYTES) this.#fault('a trailer that never ends');
    if (end === -1) return bytes.length;
    const isEmpty = this.#kept.trim() === '';
    this.#kept = '';
    if (isEmpty) this.#finish();
    return end + 1;
  }

  #finish(): void {
    this.#stage = 'over';
    this.#sink.onEnd();
  }

  #fault(reason: string): void {
    this.#stage = 'over';
    this.#kept = '';
    this.#sink.onFault(reason);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
