/** Whatever the network cuts, the text is that of the platform's own decoder. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createUtf8Reader } from './utf8.js';

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => new TextEncoder().encode(text)),
  fc
    .constantFrom([0xef], [0xbb], [0xbf], [0xef, 0xbb, 0xbf], [0xe6, 0xbd], [0xae, 0x0a])
    .map((bytes) => Uint8Array.from(bytes)),
);

it('reads bytes in pieces as a TextDecoder reads them at once, a byte order mark at the start included', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const read = createUtf8Reader();
      // The last piece leaves no character half read.
      const all = [...pieces, Uint8Array.of(0x0a)];
      expect(all.map((bytes) => read(bytes)).join('')).toBe(new TextDecoder().decode(Buffer.concat(all)));
    }),
    { numRuns: 2000 },
  );
});
