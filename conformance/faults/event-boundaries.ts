/** Finds where the events of an event stream end, without keeping any of it. */

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Long enough for `event: heartbeat`, with or without the space. */
const LINE_KEPT = 24;

/** Fed with the body of one event stream, however it is cut. */
export class EventBoundaries {
  #line = '';
  #lineLength = 0;
  #hasData = false;
  #isHeartbeat = false;
  #afterCr = false;

  /** Offsets in `bytes` behind the events that end from `start` on; an LF of a CRLF in the same piece is included. */
  scan(bytes: Uint8Array, start: number, end: number): readonly number[] {
    const found: number[] = [];
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
      } else if (byte === LF || byte === CR) {
        this.#afterCr = byte === CR;
        if (this.#endLine()) {
          found.push(byte === CR && at + 1 < end && bytes[at + 1] === LF ? at + 2 : at + 1);
        }
      } else {
        this.#afterCr = false;
        this.#take(byte ?? 0);
      }
    }
    return found;
  }

  #take(byte: number): void {
    this.#lineLength += 1;
    if (this.#line.length < LINE_KEPT) {
      this.#line += String.fromCharCode(byte);
    }
  }

  /** True where the line is blank and ends an event that counts. */
  #endLine(): boolean {
    const line = this.#line;
    const isBlank = this.#lineLength === 0;
    this.#line = '';
    this.#lineLength = 0;
    if (!isBlank) {
      if (line === 'data' || line.startsWith('data:')) this.#hasData = true;
      if (line.startsWith('event') && line.charCodeAt('event'.length) === COLON) {
        this.#isHeartbeat = /^event: ?heartbeat$/.test(line);
      }
      return false;
    }
    const counts = this.#hasData && !this.#isHeartbeat;
    this.#hasData = false;
    this.#isHeartbeat = false;
    return counts;
  }
}
