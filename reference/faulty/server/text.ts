/** What faulty twins stream: a short text at a quick pace, and one for each occasion. */
import { setTimeout } from 'node:timers/promises';
import { type Chunk, GenerationError, type Outcome, type Produce, type StreamRequest } from '../../server/index.js';

export interface TextOptions {
  readonly chunks: number;
  readonly chunkDelayMs: number;
  /** Before the first chunk. */
  readonly startDelayMs: number;
  /** Replaces a chunk's content; the number counts from 1. */
  readonly contentOf: (chunk: number) => string;
  /** Whether the occasion `error` fails in band. */
  readonly failsInBand: boolean;
}

/** Words with letters outside ASCII, so that an encoding shows. */
const WORDS = ['naïve ', 'tides ', 'café ', 'rise ', '« ', 'and ', 'größer ', 'fall ', '潮 ', 'again '];

const DEFAULT_TEXT: TextOptions = {
  chunks: 45,
  chunkDelayMs: 20,
  startDelayMs: 0,
  contentOf: (chunk) => WORDS[chunk % WORDS.length] ?? '',
  failsInBand: true,
};

/** More than 100 events, so that a page size shows. */
const LONG_CHUNKS = 120;
const LONG_DELAY_MS = 7;
const FLOOD_CHUNKS = 1500;
const FLOOD_CONTENT = 'flood '.repeat(1365);

/** A question that tries to end its line. */
export const HOSTILE_QUESTION = 'tides\nforged-by-lf\rforged-by-cr\0';

interface Piece {
  readonly content: string;
  readonly delayMs: number;
}

function piecesOf(occasion: string | null, text: TextOptions): Iterable<Piece> {
  const { chunkDelayMs, contentOf } = text;
  switch (occasion) {
    case 'cap':
      return pieces(Number.POSITIVE_INFINITY, chunkDelayMs, contentOf);
    case 'long':
      return pieces(LONG_CHUNKS, LONG_DELAY_MS, contentOf);
    case 'flood':
      return pieces(FLOOD_CHUNKS, 1, () => FLOOD_CONTENT);
    default:
      return pieces(text.chunks, chunkDelayMs, contentOf);
  }
}

function* pieces(count: number, delayMs: number, contentOf: TextOptions['contentOf']): Generator<Piece> {
  for (let chunk = 1; chunk <= count; chunk += 1) {
    yield { content: contentOf(chunk), delayMs };
  }
}

/** Each chunk is due at its time after the start, so that a late timer delays no later one. */
export function createText(options: Partial<TextOptions>): Produce {
  const text = { ...DEFAULT_TEXT, ...options };
  return async function* produce(request: StreamRequest, { signal }): AsyncGenerator<Chunk, Outcome> {
    const occasion = request.url.searchParams.get('occasion');
    const startedAt = performance.now();
    let dueMs = text.startDelayMs;
    let count = 0;
    for (const { content, delayMs } of piecesOf(occasion, text)) {
      dueMs += delayMs;
      const waitMs = startedAt + dueMs - performance.now();
      if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
      count += 1;
      if (occasion === 'error' && count > text.chunks / 2) {
        if (text.failsInBand) throw new GenerationError('model_overloaded', 'The model stopped answering.', true);
        break;
      }
      yield occasion === 'injection' ? { content, about: request.url.searchParams.get('query') } : { content };
    }
    return { reason: 'done' };
  };
}
