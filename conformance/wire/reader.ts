/**
 * The kit's own reader of event streams: bytes in, events out, byte-exact, bounded, and never throwing on any input.
 * How the bytes are cut into chunks changes nothing but the times.
 */
import { Interpreter } from './interpreter.js';
import { LineBuffer } from './line-buffer.js';
import { CR, LF, LineEnds } from './line-ends.js';
import type { WireDiagnostic, WireEvent, WireLimits, WireReading } from './types.js';

/** Far above what the protocol allows (EVENT-013: 64 KiB an event), so that a breach is seen and memory stays bounded. */
const DEFAULT_LIMITS: WireLimits = {
  lineBytes: 2 * 1024 * 1024,
  eventBytes: 4 * 1024 * 1024,
  streamBytes: 64 * 1024 * 1024,
  events: 200_000,
};

const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const NO_BYTES = new Uint8Array(0);

/** Reads one stream. Feed it with `push`, close it with `finish`. */
export class WireReader {
  readonly #limits: WireLimits;
  readonly #interpreter: Interpreter;
  readonly #lineEnds = { lf: 0, cr: 0, crlf: 0 };
  readonly #line = new LineBuffer();
  /** Bytes of a byte order mark seen so far; null once it is known whether there is one. */
  #bomBytes: number | null = 0;
  #bom = false;
  /** Offset of the next byte, of the line and of the block it belongs to. */
  #offset = 0;
  #lineStart = 0;
  #blockStart = 0;
  #blockStartedAtMs: number | null = null;
  /** A line has just ended with CR: an LF that follows belongs to it, and to the end of the event it completed. */
  #afterCr = false;
  #endedByCr: { end: number } | undefined;
  #firstForeignLineEnd: number | null = null;
  #stopped = false;
  #finished = false;

  /** @param limits Bounds that differ from `DEFAULT_LIMITS`. */
  constructor(limits: Partial<WireLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#interpreter = new Interpreter(this.#limits.events);
  }

  /**
   * Takes the next bytes, which may be reused afterwards, and returns the blocks they complete, undispatched ones
   * included. A CR ends its line at once; the `end` of an event grows by one when an LF follows in a later chunk.
   */
  push(bytes: Uint8Array, atMs: number): readonly WireEvent[] {
    const { events } = this.#interpreter;
    const known = events.length;
    if (!this.#finished && !this.#stopped) {
      const rest = this.#bomBytes === null ? bytes : this.#takeBom(bytes, atMs);
      this.#takeLines(rest, atMs);
    }
    return events.slice(known);
  }

  /** Ends the reading: bytes after the last blank line become the tail. */
  finish(): WireReading {
    this.#finished = true;
    this.#line.clear();
    return this.reading;
  }

  /** What is known so far. Its lists are live: they grow with the next `push`. */
  get reading(): WireReading {
    const { events, comments, diagnostics, lastEventId, reconnectionTimeMs } = this.#interpreter;
    const length = this.#offset - this.#blockStart;
    return {
      events,
      comments,
      diagnostics,
      lineEnds: { ...this.#lineEnds },
      firstForeignLineEnd: this.#firstForeignLineEnd,
      bom: this.#bom,
      tail: length > 0 ? { offset: this.#blockStart, length } : null,
      lastEventId,
      reconnectionTimeMs,
      bytes: this.#offset,
      stopped: this.#stopped,
    };
  }

  /** Takes a byte order mark off the start of the stream, however it is cut, and returns what is left of the chunk. */
  #takeBom(bytes: Uint8Array, atMs: number): Uint8Array {
    let matched = this.#bomBytes ?? 0;
    let at = 0;
    while (at < bytes.length && matched < BOM.length && bytes[at] === BOM[matched]) {
      at++;
      matched++;
    }
    this.#offset += at;
    if (matched === BOM.length) {
      this.#bomBytes = null;
      this.#bom = true;
      this.#interpreter.diagnose('bom', 0, 'byte order mark at the start of the stream');
      this.#lineStart = this.#offset;
      this.#blockStart = this.#offset;
      this.#blockStartedAtMs = null;
    } else if (at < bytes.length) {
      this.#bomBytes = null;
      this.#line.append(BOM.subarray(0, matched));
    } else {
      this.#bomBytes = matched;
      this.#blockStartedAtMs ??= at > 0 ? atMs : null;
    }
    return bytes.subarray(at);
  }

  #takeLines(bytes: Uint8Array, atMs: number): void {
    const base = this.#offset;
    const lineEnds = new LineEnds(bytes);
    for (let at = 0; at < bytes.length && !this.#stopped; at = this.#offset - base) {
      if (this.#afterCr) {
        this.#afterCr = false;
        if (bytes[at] === LF) {
          this.#joinCrLf();
          continue;
        }
      }
      const end = lineEnds.from(at);
      const ended = end < bytes.length;
      if (this.#exceedsLimit(base + end, ended)) {
        break;
      }
      this.#blockStartedAtMs ??= atMs;
      if (!ended) {
        this.#line.append(bytes.subarray(at));
        this.#offset = base + end;
        break;
      }
      const rest = end === at ? NO_BYTES : bytes.subarray(at, end);
      this.#completeLine(this.#line.take(rest), base + end, bytes[end] === CR, atMs);
    }
  }

  /**
   * Stops where the content up to `end`, and the line end there, pass a limit: at the very byte that is too much, so
   * that the cut does not depend on the chunks.
   */
  #exceedsLimit(end: number, ended: boolean): boolean {
    const lineLimit = this.#lineStart + this.#limits.lineBytes;
    const eventLimit = this.#blockStart + this.#limits.eventBytes;
    const streamLimit = this.#limits.streamBytes;
    const limit = Math.min(lineLimit, eventLimit, streamLimit);
    if (end <= limit && !(ended && end >= Math.min(eventLimit, streamLimit))) {
      return false;
    }
    const at = Math.max(this.#offset, Math.min(end, limit));
    if (end > limit && limit === lineLimit) {
      this.#stop('line-too-long', at, this.#lineStart, `line of more than ${this.#limits.lineBytes} bytes`);
    } else if (eventLimit <= streamLimit) {
      this.#stop('event-too-long', at, this.#blockStart, `block of more than ${this.#limits.eventBytes} bytes`);
    } else {
      this.#stop('stream-too-long', at, at, `more than ${streamLimit} bytes`);
    }
    return true;
  }

  #completeLine(line: Uint8Array, end: number, byCr: boolean, atMs: number): void {
    const tooMany = this.#interpreter.exceededBy(line);
    if (tooMany !== undefined) {
      this.#stop('too-many-events', end, end, `more than ${this.#limits.events} ${tooMany}`);
      return;
    }
    this.#countLineEnd(end, byCr);
    this.#endedByCr = undefined;
    if (line.length === 0) {
      this.#completeBlock(end + 1, byCr, atMs);
    } else {
      this.#interpreter.takeLine(line, this.#lineStart, atMs);
    }
    this.#afterCr = byCr;
    this.#offset = end + 1;
    this.#lineStart = end + 1;
  }

  #completeBlock(end: number, byCr: boolean, atMs: number): void {
    const startedAtMs = this.#blockStartedAtMs ?? atMs;
    const event = this.#interpreter.completeBlock({ offset: this.#blockStart, end, startedAtMs, atMs });
    this.#endedByCr = byCr ? event : undefined;
    this.#blockStart = end;
    this.#blockStartedAtMs = null;
  }

  /** The LF after a CR that has already ended its line. */
  #joinCrLf(): void {
    if (this.#offset >= this.#limits.streamBytes) {
      this.#stop('stream-too-long', this.#offset, this.#offset, `more than ${this.#limits.streamBytes} bytes`);
      return;
    }
    this.#lineEnds.cr--;
    this.#lineEnds.crlf++;
    if (this.#blockStart === this.#offset) {
      this.#blockStart++;
    }
    this.#offset++;
    this.#lineStart = this.#offset;
    if (this.#endedByCr !== undefined) {
      this.#endedByCr.end = this.#offset;
      this.#endedByCr = undefined;
    }
  }

  #countLineEnd(offset: number, byCr: boolean): void {
    if (byCr) {
      this.#lineEnds.cr++;
      this.#firstForeignLineEnd ??= offset;
    } else {
      this.#lineEnds.lf++;
    }
  }

  #stop(code: WireDiagnostic['code'], at: number, place: number, detail: string): void {
    this.#stopped = true;
    this.#offset = at;
    this.#line.clear();
    this.#interpreter.diagnoseLast(code, place, detail);
  }
}

/** Bytes with their arrival, milliseconds. */
export type TimedChunk = readonly [bytes: Uint8Array, atMs: number];

/** Reads a whole stream that is already there. */
export function readAll(chunks: Iterable<TimedChunk>, limits: Partial<WireLimits> = {}): WireReading {
  const reader = new WireReader(limits);
  for (const [bytes, atMs] of chunks) {
    reader.push(bytes, atMs);
  }
  return reader.finish();
}
