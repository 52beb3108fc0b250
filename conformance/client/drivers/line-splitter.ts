/** Splits output into lines and hands on those that are JSON objects; everything else is dropped, whatever its size. */
import { LINE_BYTES, OUTPUT_BYTES } from './limits.js';

const LF = 0x0a;
const SPACES_AND_BRACE = /^\s*\{/;

export class LineSplitter {
  readonly #onObject: (value: unknown) => void;
  #parts: Buffer[] = [];
  #lineBytes = 0;
  #bytes = 0;

  constructor(onObject: (value: unknown) => void) {
    this.#onObject = onObject;
  }

  push(chunk: Buffer): void {
    if (this.#bytes >= OUTPUT_BYTES) {
      return;
    }
    this.#bytes += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#append(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#append(chunk.subarray(start));
  }

  /** The last line may lack its end. */
  finish(): void {
    this.#endLine();
  }

  #append(part: Buffer): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes <= LINE_BYTES && part.length > 0) {
      this.#parts.push(part);
    }
  }

  #endLine(): void {
    const line = this.#lineBytes > LINE_BYTES ? '' : Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#lineBytes = 0;
    if (!SPACES_AND_BRACE.test(line)) {
      return;
    }
    try {
      this.#onObject(JSON.parse(line));
    } catch {
      // Not a report; a client may print what it likes.
    }
  }
}
