/** What the lines of an event stream mean: fields become blocks, blocks events, as the WHATWG standard interprets them. */
import { Block, parseField } from './block.js';
import type { WireComment, WireDiagnostic, WireEvent } from './types.js';
import { decodeUtf8, findInvalidUtf8 } from './utf8.js';

/** A hostile stream could hold one in every line; the first ones tell enough. */
const MOST_DIAGNOSTICS = 1000;

const COLON = 0x3a;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Where a block lies and when it came. */
export type BlockPlace = Pick<WireEvent, 'offset' | 'end' | 'startedAtMs' | 'atMs'>;

export class Interpreter {
  readonly events: Writable<WireEvent>[] = [];
  readonly comments: WireComment[] = [];
  readonly diagnostics: WireDiagnostic[] = [];
  /** The id of the newest valid `id` field at the last blank line. */
  lastEventId = '';
  reconnectionTimeMs: number | null = null;
  #idBuffer = '';
  #block = new Block();
  readonly #mostItems: number;

  /** @param mostItems How many events, and how many comments, are kept. */
  constructor(mostItems: number) {
    this.#mostItems = mostItems;
  }

  /** What this line (without its end) would make too many of; undefined where there is room. */
  exceededBy(line: Uint8Array): 'events' | 'comments' | undefined {
    if (line.length === 0) {
      return this.#block.hasField && this.events.length >= this.#mostItems ? 'events' : undefined;
    }
    return line[0] === COLON && this.comments.length >= this.#mostItems ? 'comments' : undefined;
  }

  /** Takes a line that is not blank. */
  takeLine(line: Uint8Array, offset: number, atMs: number): void {
    const text = decodeUtf8(line);
    const invalid = findInvalidUtf8(line);
    if (invalid !== -1) {
      this.diagnose('invalid-utf8', offset + invalid, `byte 0x${(line[invalid] ?? 0).toString(16)} is not UTF-8 here`);
    }
    const nul = line.indexOf(0);
    if (nul !== -1) {
      this.diagnose('nul', offset + nul, 'NUL in a line');
    }
    if (line[0] === COLON) {
      this.comments.push({ text: text.slice(1), offset, atMs });
      return;
    }
    const field = parseField(text);
    this.#block.take(field);
    if (field.name === 'id') {
      this.#takeId(field.value, offset);
    } else if (field.name === 'retry') {
      this.#takeRetry(field.value, offset);
    }
  }

  /** Takes a blank line: the end of a block. Returns the block where it had a field. */
  completeBlock(place: BlockPlace): Writable<WireEvent> | undefined {
    const block = this.#block;
    if (!block.hasField) {
      return undefined;
    }
    const event = {
      index: this.events.length,
      type: block.typeField || 'message',
      typeField: block.typeField,
      data: block.data,
      dataLines: block.dataLines,
      id: block.id,
      lastEventId: this.#idBuffer,
      retry: block.retry,
      unknownFields: block.unknownFields,
      dispatched: block.dataLines > 0,
      ...place,
    };
    this.events.push(event);
    this.lastEventId = this.#idBuffer;
    this.#block = new Block();
    return event;
  }

  diagnose(code: WireDiagnostic['code'], offset: number, detail: string): void {
    if (this.diagnostics.length < MOST_DIAGNOSTICS) {
      this.diagnostics.push({ code, offset, detail });
    }
  }

  /** What stopped the reading is told even where there is no more room. */
  diagnoseLast(code: WireDiagnostic['code'], offset: number, detail: string): void {
    this.diagnostics.splice(MOST_DIAGNOSTICS - 1);
    this.diagnose(code, offset, detail);
  }

  #takeId(value: string, offset: number): void {
    if (value.includes('\0')) {
      this.diagnose('id-with-nul', offset, 'id field with NUL, ignored');
      return;
    }
    if (value === '') {
      this.diagnose('empty-id', offset, 'empty id field, resets the cursor');
    }
    this.#idBuffer = value;
  }

  /** In force at once, also where its block is never completed. */
  #takeRetry(value: string, offset: number): void {
    if (/^[0-9]+$/.test(value)) {
      this.reconnectionTimeMs = Math.min(Number(value), Number.MAX_SAFE_INTEGER);
    } else {
      const quoted = JSON.stringify(value.slice(0, 40));
      this.diagnose('malformed-retry', offset, `retry field that is not only digits: ${quoted}`);
    }
  }
}
