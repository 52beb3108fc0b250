/** Runs the wire vectors through the kit's reader and, as a second opinion, through `eventsource-parser`. */
import { readFileSync } from 'node:fs';
import { createParser } from 'eventsource-parser';
import { describe, expect, test } from 'vitest';
import { loadWireVectors, type WireVector } from '../../schemas/1.0/vectors.js';
import { readAll } from './reader.js';
import type { WireDiagnostic } from './types.js';
import { cutBytes } from './writer.js';

type Expectation = WireVector['expect'];
type Essence = Pick<Expectation, 'events' | 'lastEventId' | 'reconnectionTimeMs'>;

const vectors = loadWireVectors();

describe('the wire reader', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    for (const chunks of chunkingsOf(vector)) {
      expect(readWithKit(chunks), chunks.map((chunk) => chunk.length).join('+')).toEqual(vector.expect);
    }
  });
});

describe('eventsource-parser', () => {
  const file = new URL('./vectors.differences.json', import.meta.url);
  const { parser, differences }: Differences = JSON.parse(readFileSync(file, 'utf8'));
  const listed = new Set(differences.flatMap(({ vectors: names }) => names));

  test('is of the release whose differences are listed', () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(new URL('../../node_modules/eventsource-parser/package.json', import.meta.url), 'utf8'),
    );
    expect(manifest.version.startsWith(parser.version)).toBe(true);
  });

  test('differs in exactly the vectors that are listed, each with a reason', () => {
    const differing = vectors.filter((vector) => !agrees(vector)).map(({ name }) => name);
    expect(differing.sort()).toEqual([...listed].sort());
    expect(differences.every(({ why }) => why.endsWith('.'))).toBe(true);
  });

  function agrees({ expect: wanted, ...vector }: WireVector): boolean {
    const essence: Essence = {
      events: wanted.events,
      lastEventId: wanted.lastEventId,
      reconnectionTimeMs: wanted.reconnectionTimeMs,
    };
    return chunkingsOf({ ...vector, expect: wanted }).every(
      (chunks) => JSON.stringify(readWithParser(chunks)) === JSON.stringify(essence),
    );
  }
});

interface Differences {
  readonly parser: { readonly version: string };
  readonly differences: readonly { readonly why: string; readonly vectors: readonly string[] }[];
}

/** In one piece, byte by byte, and as the vector says. */
function chunkingsOf({ bytes, chunkings = [] }: WireVector): readonly (readonly Uint8Array[])[] {
  const whole = Buffer.from(bytes, 'base64');
  const cut = chunkings.map((lengths) => {
    const ends = lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length, 0));
    expect(ends.at(-1)).toBe(whole.length);
    return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
  });
  return [cutBytes(whole, 'whole'), cutBytes(whole, 1), ...cut];
}

function readWithKit(chunks: readonly Uint8Array[]): Expectation {
  const { events, lastEventId, reconnectionTimeMs, comments, diagnostics, tail } = readAll(
    chunks.map((chunk, index) => [chunk, index]),
  );
  return {
    events: events
      .filter((event) => event.dispatched)
      .map(({ type, data, lastEventId: id }) => ({ type, data, lastEventId: id })),
    lastEventId,
    reconnectionTimeMs,
    comments: comments.map(({ text }) => text),
    diagnostics: diagnostics.map(({ code }) => code).filter(isExpectable),
    tailBytes: tail?.length ?? 0,
  };
}

/** The limits that a reader sets itself are no matter of the vectors. */
function isExpectable(code: WireDiagnostic['code']): code is Expectation['diagnostics'][number] {
  return !['line-too-long', 'event-too-long', 'stream-too-long', 'too-many-events'].includes(code);
}

/** As an EventSource over the parser works: it decodes as bytes come, and keeps the id of the newest event that had one. */
function readWithParser(chunks: readonly Uint8Array[]): Essence {
  const essence: Essence = { events: [], lastEventId: '', reconnectionTimeMs: null };
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      essence.lastEventId = id ?? essence.lastEventId;
      essence.events.push({ type: event ?? 'message', data, lastEventId: essence.lastEventId });
    },
    onRetry: (milliseconds) => {
      essence.reconnectionTimeMs = milliseconds;
    },
  });
  for (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
  parser.feed(decoder.decode());
  return essence;
}
