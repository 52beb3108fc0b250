/** The kit's own writer of event streams, byte-exact: what the scripted server plays, well-formed or wrong on purpose. */

export type LineEnd = '\n' | '\r' | '\r\n';

export interface WriterOptions {
  /** Default LF, the only one that EVENT-002 allows a server. */
  readonly lineEnd?: LineEnd;
  /** Puts a byte order mark before the first bytes that are written. */
  readonly bom?: boolean;
  /** False leaves out the space after the colon. */
  readonly space?: boolean;
}

/** Fields of one event, written in this order. */
export interface EventFields {
  readonly event?: string;
  readonly id?: string;
  readonly retry?: string | number;
  /** An array is written as several `data` lines. Left out, the block has none and is never dispatched. */
  readonly data?: string | readonly string[];
}

const BOM = '\ufeff';

/** Every method returns the bytes to send. */
export class WireWriter {
  readonly #lineEnd: LineEnd;
  readonly #separator: string;
  #prefix: string;

  constructor({ lineEnd = '\n', bom = false, space = true }: WriterOptions = {}) {
    this.#lineEnd = lineEnd;
    this.#separator = space ? ': ' : ':';
    this.#prefix = bom ? BOM : '';
  }

  /** A whole event, the blank line included. Throws a `TypeError` for CR, LF or NUL in a value. */
  event({ event, id, retry, data }: EventFields): Uint8Array {
    const dataLines = data === undefined ? [] : typeof data === 'string' ? [data] : data;
    return this.#block([
      ...this.#field('event', event),
      ...this.#field('id', id),
      ...this.#field('retry', retry?.toString()),
      ...dataLines.flatMap((line) => this.#field('data', line)),
    ]);
  }

  /** A comment and a blank line. */
  comment(text: string): Uint8Array {
    return this.#block([`:${checked('comment', text)}`]);
  }

  /** A `retry` field on its own and a blank line. */
  retry(milliseconds: string | number): Uint8Array {
    return this.event({ retry: milliseconds });
  }

  /** These bytes as they are; text is encoded as UTF-8. */
  raw(bytes: string | Uint8Array): Uint8Array {
    const prefix = Buffer.from(this.#prefix);
    this.#prefix = '';
    return Buffer.concat([prefix, typeof bytes === 'string' ? Buffer.from(bytes) : bytes]);
  }

  #block(lines: readonly string[]): Uint8Array {
    return this.raw([...lines, ''].map((line) => line + this.#lineEnd).join(''));
  }

  #field(name: string, value: string | undefined): string[] {
    return value === undefined ? [] : [`${name}${this.#separator}${checked(name, value)}`];
  }
}

/** Cuts bytes into writes of `size` bytes, the last one shorter; `whole` leaves them in one. */
export function cutBytes(bytes: Uint8Array, size: number | 'whole'): readonly Uint8Array[] {
  if (size === 'whole' || size >= bytes.length) {
    return bytes.length === 0 ? [] : [bytes];
  }
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`a write must be a whole number of bytes from 1, not ${size}: mend the scenario`);
  }
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function checked(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) {
    const quoted = JSON.stringify(value.slice(0, 60));
    throw new TypeError(`the value of ${name} must not hold CR, LF or NUL, but is ${quoted}: use raw()`);
  }
  return value;
}
