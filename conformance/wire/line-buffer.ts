/** Keeps the beginning of a line whose end has not arrived; grows by doubling, so that tiny chunks cost linear time. */
export class LineBuffer {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** What was kept, followed by `rest`; empties the buffer. Valid until the next `append`. */
  take(rest: Uint8Array): Uint8Array {
    if (this.#length === 0) {
      return rest;
    }
    this.append(rest);
    const line = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return line;
  }

  clear(): void {
    this.#length = 0;
  }
}
