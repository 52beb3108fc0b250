/** Decodes lines as UTF-8 and finds the first byte that is none. */
import { isUtf8 } from 'node:buffer';

/** Keeps a byte order mark: only the one at the very start of a stream is not content. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of the bytes, each maximal invalid part replaced by U+FFFD as the Encoding Standard says. Never throws. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Position of the first byte that begins no valid sequence; -1 where all is valid. */
export function findInvalidUtf8(bytes: Uint8Array): number {
  if (isUtf8(bytes)) {
    return -1;
  }
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      return at;
    }
    at += length;
  }
  return -1;
}

/** Well-formed sequences of more than one byte: ranges of the first and second byte, and the length (Unicode, table 3-7). */
const SEQUENCES = [
  { first: [0xc2, 0xdf], second: [0x80, 0xbf], length: 2 },
  { first: [0xe0, 0xe0], second: [0xa0, 0xbf], length: 3 },
  { first: [0xe1, 0xec], second: [0x80, 0xbf], length: 3 },
  { first: [0xed, 0xed], second: [0x80, 0x9f], length: 3 },
  { first: [0xee, 0xef], second: [0x80, 0xbf], length: 3 },
  { first: [0xf0, 0xf0], second: [0x90, 0xbf], length: 4 },
  { first: [0xf1, 0xf3], second: [0x80, 0xbf], length: 4 },
  { first: [0xf4, 0xf4], second: [0x80, 0x8f], length: 4 },
] as const;

const TAIL = [0x80, 0xbf] as const;

/** Length of the valid sequence that begins at `at`; 0 where none does. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  if (within(bytes[at], [0, 0x7f])) {
    return 1;
  }
  const sequence = SEQUENCES.find(({ first, second }) => within(bytes[at], first) && within(bytes[at + 1], second));
  if (sequence === undefined) {
    return 0;
  }
  const { length } = sequence;
  const complete = length < 3 || (within(bytes[at + 2], TAIL) && (length < 4 || within(bytes[at + 3], TAIL)));
  return complete ? length : 0;
}

function within(byte: number | undefined, [low, high]: readonly [number, number]): boolean {
  return byte !== undefined && byte >= low && byte <= high;
}
