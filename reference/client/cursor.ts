/** The cursor: the highest id taken in, which is also all that deduplication needs to remember. */

/** Keeps cursors over a reload, one per stream id. A store that throws costs the resumption, not the stream. */
export interface CursorStore {
  get(streamId: string): number | undefined;
  set(streamId: string, cursor: number): void;
  delete(streamId: string): void;
}

const DIGIT_0 = 48;
const MAX_DIGITS = 16;

/** Reads an id by ID-001's grammar; undefined where it is none. By hand, as every event has one. */
// ID-008
export function parseId(id: string): number | undefined {
  const { length } = id;
  if (length === 0 || length > MAX_DIGITS || id.charCodeAt(0) === DIGIT_0) {
    return undefined;
  }
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = id.charCodeAt(index) - DIGIT_0;
    if (digit < 0 || digit > 9) {
      return undefined;
    }
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

export class Cursor {
  /** Highest id taken in; 0 before the first. */
  // DEDUPE-003
  #highest: number;

  constructor(start: number) {
    this.#highest = start;
  }

  get value(): number {
    return this.#highest;
  }

  /** What an id is to this cursor. It does not move it. */
  judge(id: number): 'next' | 'duplicate' | 'gap' {
    if (id === this.#highest + 1) {
      return 'next';
    }
    // DEDUPE-001, DEDUPE-004
    return id <= this.#highest ? 'duplicate' : 'gap';
  }

  /** Takes in an id that was judged `next`. */
  moveTo(id: number): void {
    this.#highest = id;
  }
}

/** A store over `sessionStorage` (one tab) or any other `Storage`. */
export function storageCursorStore(storage: Storage): CursorStore {
  // RETRY-019
  const keyOf = (streamId: string) => `resilient-sse:cursor:${streamId}`;
  return {
    get(streamId) {
      const stored = storage.getItem(keyOf(streamId));
      return stored === null ? undefined : parseId(stored);
    },
    set(streamId, cursor) {
      storage.setItem(keyOf(streamId), String(cursor));
    },
    // RETRY-020
    delete(streamId) {
      storage.removeItem(keyOf(streamId));
    },
  };
}
