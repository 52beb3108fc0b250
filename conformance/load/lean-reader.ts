/**
 * Reads event streams by the thousand: what the kit's wire reader says about dispatched events, without a record of the
 * rest. A test holds the two against each other. It keeps an unfinished line and an unfinished event, nothing else.
 */
import { LineBuffer } from '../wire/line-buffer.js';
import { CR, LF, LineEnds } from '../wire/line-ends.js';

/** One event as EventSource would dispatch it. The object is reused: take what you need before the next one. */
export interface LeanEvent {
  /** `message` where none was sent. */
  type: string;
  data: string;
  /** The block's own id field as text, without one of NUL; null where it has none. */
  id: string | null;
  /** Bytes of the data lines. */
  dataBytes: number;
}

export interface LeanSink {
  /** Returning false ends the reading: the rest of the bytes is dropped. */
  onEvent(event: LeanEvent): boolean;
  /** Reconnection time in milliseconds. */
  onRetry(ms: number): void;
}

/** A client takes at least 1 MiB (EVENT-013); past twice of it nobody can be expected to. */
const MOST_EVENT_BYTES = 2 * 1024 * 1024;

const COLON = 0x3a;
const SPACE = 0x20;
const BOM = [0xef, 0xbb, 0xbf] as const;
const NO_BYTES = Buffer.alloc(0);

/** Types that are not decoded again for every event, by their bytes. */
const KNOWN_TYPES = ['content_chunk', 'heartbeat', 'complete', 'error'].map((name) => Buffer.from(name));
const KNOWN_NAMES = KNOWN_TYPES.map((bytes) => bytes.toString('latin1'));

export class LeanReader {
  readonly #sink: LeanSink;
  readonly #line = new LineBuffer();
  readonly #event: LeanEvent = { type: '', data: '', id: null, dataBytes: 0 };
  #dataLines = 0;
  #blockBytes = 0;
  #afterCr = false;
  /** How much of a byte order mark was seen; -1 once it is over. */
  #bom = 0;
  #stopped = false;

  constructor(sink: LeanSink) {
    this.#sink = sink;
  }

  /** False from the moment on at which the sink had enough, or an event was too large. */
  push(chunk: Buffer): boolean {
    const bytes = this.#bom < 0 ? chunk : this.#dropBom(chunk);
    const ends = new LineEnds(bytes);
    for (let at = 0; at < bytes.length && !this.#stopped; ) {
      if (this.#afterCr) {
        this.#afterCr = false;
        if (bytes[at] === LF) {
          at += 1;
          continue;
        }
      }
      const end = ends.from(at);
      this.#blockBytes += end - at;
      if (this.#blockBytes > MOST_EVENT_BYTES) {
        this.#stop();
        break;
      }
      if (end === bytes.length) {
        this.#line.append(bytes.subarray(at));
        break;
      }
      this.#afterCr = bytes[end] === CR;
      if (this.#line.length === 0) {
        this.#takeLine(bytes, at, end);
      } else {
        const line = this.#line.take(end === at ? NO_BYTES : bytes.subarray(at, end));
        this.#takeLine(Buffer.from(line.buffer, line.byteOffset, line.length), 0, line.length);
      }
      at = end + 1;
    }
    return !this.#stopped;
  }

  #stop(): void {
    this.#stopped = true;
    this.#line.clear();
  }

  #dropBom(chunk: Buffer): Buffer {
    let at = 0;
    while (at < chunk.length && this.#bom < BOM.length && chunk[at] === BOM[this.#bom]) {
      at += 1;
      this.#bom += 1;
    }
    if (this.#bom < BOM.length && at === chunk.length) return NO_BYTES;
    // What only began like one belongs to the first line.
    if (this.#bom < BOM.length) this.#line.append(Uint8Array.from(BOM.slice(0, this.#bom)));
    this.#bom = -1;
    return at === 0 ? chunk : chunk.subarray(at);
  }

  #takeLine(bytes: Buffer, start: number, end: number): void {
    if (start === end) {
      this.#dispatch();
      return;
    }
    const first = bytes[start];
    if (first === 0x64 /* d */ && isName(bytes, start, end, DATA)) {
      this.#takeData(bytes, valueStart(bytes, start + DATA.length, end), end);
    } else if (first === 0x65 /* e */ && isName(bytes, start, end, EVENT)) {
      this.#event.type = typeOf(bytes, valueStart(bytes, start + EVENT.length, end), end);
    } else if (first === 0x69 /* i */ && isName(bytes, start, end, ID)) {
      const id = bytes.toString('utf8', valueStart(bytes, start + ID.length, end), end);
      if (!id.includes('\0')) this.#event.id = id;
    } else if (first === 0x72 /* r */ && isName(bytes, start, end, RETRY)) {
      const value = bytes.toString('latin1', valueStart(bytes, start + RETRY.length, end), end);
      if (/^[0-9]+$/.test(value)) this.#sink.onRetry(Math.min(Number(value), Number.MAX_SAFE_INTEGER));
    }
  }

  #takeData(bytes: Buffer, start: number, end: number): void {
    const event = this.#event;
    const text = bytes.toString('utf8', start, end);
    event.data = this.#dataLines === 0 ? text : `${event.data}\n${text}`;
    event.dataBytes += end - start;
    this.#dataLines += 1;
  }

  #dispatch(): void {
    const event = this.#event;
    if (this.#dataLines > 0) {
      if (event.type === '') event.type = 'message';
      if (!this.#sink.onEvent(event)) this.#stop();
    }
    event.type = '';
    event.data = '';
    event.id = null;
    event.dataBytes = 0;
    this.#dataLines = 0;
    this.#blockBytes = 0;
  }
}

const DATA = Buffer.from('data');
const EVENT = Buffer.from('event');
const ID = Buffer.from('id');
const RETRY = Buffer.from('retry');

/** Whether the line's field has this name: all of the line, or what is before the colon. */
function isName(bytes: Buffer, start: number, end: number, name: Buffer): boolean {
  const { length } = name;
  if (end - start < length) return false;
  for (let at = 1; at < length; at += 1) {
    if (bytes[start + at] !== name[at]) return false;
  }
  return end - start === length || bytes[start + length] === COLON;
}

/** After the colon and one space; `at` is where the name ends. */
function valueStart(bytes: Buffer, at: number, end: number): number {
  if (at === end) return end;
  return bytes[at + 1] === SPACE && at + 1 < end ? at + 2 : at + 1;
}

function typeOf(bytes: Buffer, start: number, end: number): string {
  for (let known = 0; known < KNOWN_TYPES.length; known += 1) {
    const name = KNOWN_TYPES[known];
    if (name !== undefined && name.length === end - start && name.compare(bytes, start, end) === 0) {
      return KNOWN_NAMES[known] ?? '';
    }
  }
  return bytes.toString('utf8', start, end);
}
