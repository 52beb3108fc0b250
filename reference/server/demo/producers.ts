/** The generators of the demonstration server: a text word by word, and one for each occasion a test may want. */
import { setTimeout } from 'node:timers/promises';
import { GenerationError, type Outcome, type Produce, type StreamRequest } from '../types.js';
import { WORDS } from './passage.js';

export const OCCASIONS = ['cap', 'error', 'evicted', 'long', 'flood', 'injection'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** A question that tries to end its line, its event and the stream. The answer to it quotes it. */
export const HOSTILE_QUESTION = 'tides\r\nevent: forged\rid: 777777\ndata: {"forged":true}\n\n\0\u2028';

/** The occasion a request asks for; undefined for the plain text. */
export function occasionOf(request: StreamRequest): Occasion | undefined {
  const asked = request.url.searchParams.get('occasion');
  return OCCASIONS.find((occasion) => occasion === asked);
}

const FLOOD_CHUNK_CHARACTERS = 8 * 1024;
const FLOOD_CHUNKS = 1500;

/** Chunks at a steady pace: each is due at its time after the start, so that a late timer delays no later chunk. */
async function* pace(words: Iterable<string>, delayMs: number, signal: AbortSignal): AsyncGenerator<string> {
  const startedAt = performance.now();
  let due = 0;
  for (const word of words) {
    due += delayMs;
    const waitMs = startedAt + due - performance.now();
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    yield word;
  }
}

function* repeat(words: readonly string[]): Generator<string> {
  for (;;) yield* words;
}

/** `chunkDelayMs`: time between two words. */
export function createDemoProducer(chunkDelayMs: number): Produce {
  return async function* produce(request, { signal }): AsyncGenerator<{ content: string }, Outcome> {
    const occasion = occasionOf(request);
    let count = 0;
    for await (const content of pace(
      ...pieces(occasion, request.url.searchParams.get('query') ?? '', chunkDelayMs),
      signal,
    )) {
      if (occasion === 'error' && count === WORDS.length >> 2) {
        throw new GenerationError('model_overloaded', 'The model stopped answering halfway.', true);
      }
      count += 1;
      yield { content };
    }
    return { reason: 'done', sources: [{ title: 'On streams that can be trusted' }] };
  };
}

function pieces(occasion: Occasion | undefined, question: string, delayMs: number): [Iterable<string>, number] {
  switch (occasion) {
    case 'cap':
      return [repeat(WORDS), delayMs];
    case 'long':
      return [[...WORDS, ...WORDS], delayMs / 2];
    case 'flood':
      return [Array.from({ length: FLOOD_CHUNKS }, (_, n) => `${n} `.padEnd(FLOOD_CHUNK_CHARACTERS, 'flood ')), 1];
    case 'injection':
      return [WORDS.flatMap((word) => [question, word]), delayMs / 2];
    default:
      return [WORDS, delayMs];
  }
}
