/** Finds the line ends of one chunk, each byte searched once for LF and once for CR at most. */

export const LF = 0x0a;
export const CR = 0x0d;

export class LineEnds {
  readonly #bytes: Uint8Array;
  #nextLf = -1;
  #nextCr = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Position of the first LF or CR from `at`; the length of the chunk where none is left. Never goes back. */
  from(at: number): number {
    const byte = this.#bytes[at];
    if (byte === LF || byte === CR) {
      return at; // a stream of blank lines must not pay for two searches a byte
    }
    this.#nextLf = this.#nextLf < at ? this.#find(LF, at) : this.#nextLf;
    this.#nextCr = this.#nextCr < at ? this.#find(CR, at) : this.#nextCr;
    return Math.min(this.#nextLf, this.#nextCr);
  }

  #find(byte: number, from: number): number {
    const found = this.#bytes.indexOf(byte, from);
    return found === -1 ? this.#bytes.length : found;
  }
}
