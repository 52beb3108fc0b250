import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureColumns, toPrintable, truncate, wrap } from './printable.js';

describe('toPrintable', () => {
  it.each([
    ['\x1b[2J', '\\x1b[2J'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['\x9b31m', '\\x9b31m'],
    ['abc\u202edcba', 'abc\\u{202e}dcba'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['\ud800', '\\u{d800}'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['Grüße, 潮 and 🌊', 'Grüße, 潮 and 🌊'],
  ])('shows %j as %j', (given, shown) => {
    expect(toPrintable(given)).toBe(shown);
  });

  it('leaves no character that steers a terminal, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toPrintable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces, and inside words that are longer than a line', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij xy', 4)).toEqual(['abcd', 'efgh', 'ij', 'xy']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('counts wide characters twice and marks that combine not at all', () => {
    expect(measureColumns('潮汐')).toBe(4);
    expect(measureColumns('e\u0301')).toBe(1);
    expect(wrap('潮汐潮汐', 4)).toEqual(['潮汐', '潮汐']);
  });

  it('never makes a line wider than asked, and loses nothing but spaces', () => {
    const text = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 60 }), (words, columns) => {
        const given = words.join(' ');
        const lines = wrap(given, columns);
        for (const line of lines) expect(measureColumns(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
      }),
    );
  });
});

describe('truncate', () => {
  it('says where something was cut', () => {
    expect(truncate('heartbeat', 6)).toBe('heart…');
    expect(truncate('heartbeat', 9)).toBe('heartbeat');
  });
});
