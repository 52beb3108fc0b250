import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll } from './reader.js';
import { cutBytes, type LineEnd, WireWriter } from './writer.js';

const values = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !/[\r\n\0]/.test(value));

describe('event', () => {
  test('is written byte for byte as asked', () => {
    expect(text(new WireWriter().event({ event: 'content_chunk', id: '7', retry: 50, data: '{}' }))).toBe(
      'event: content_chunk\nid: 7\nretry: 50\ndata: {}\n\n',
    );
    expect(text(new WireWriter({ lineEnd: '\r\n', space: false }).event({ id: '', data: ['a', '', 'b'] }))).toBe(
      'id:\r\ndata:a\r\ndata:\r\ndata:b\r\n\r\n',
    );
    expect(text(new WireWriter({ lineEnd: '\r' }).event({ event: 'only' }))).toBe('event: only\r\r');
  });

  test('comes back from the reader as it was', () => {
    const lineEnds = fc.constantFrom<LineEnd>('\n', '\r', '\r\n');
    fc.assert(
      fc.property(
        values,
        values,
        fc.array(values, { minLength: 1 }),
        lineEnds,
        fc.nat(9),
        (event, id, data, lineEnd, size) => {
          const bytes = new WireWriter({ lineEnd, bom: true }).event({ event, id, data });
          const chunks = cutBytes(bytes, size + 1).map((chunk): [Uint8Array, number] => [chunk, 0]);
          expect(readAll(chunks)).toMatchObject({
            bom: true,
            lastEventId: id,
            tail: null,
            events: [{ typeField: event, id, data: data.join('\n'), end: bytes.length }],
          });
        },
      ),
    );
  });

  test.each(['a\rb', 'a\nb', 'a\0b'])('refuses %j in every value', (value) => {
    const writer = new WireWriter();
    expect(() => writer.event({ event: value })).toThrow(/event must not hold CR, LF or NUL/);
    expect(() => writer.event({ id: value })).toThrow(TypeError);
    expect(() => writer.event({ data: value })).toThrow(TypeError);
    expect(() => writer.retry(value)).toThrow(TypeError);
    expect(() => writer.comment(value)).toThrow(TypeError);
    expect(text(writer.raw(`data: ${value}`))).toBe(`data: ${value}`);
  });
});

test('a byte order mark stands before the first bytes alone', () => {
  const writer = new WireWriter({ bom: true });
  expect([...writer.comment(' hi')]).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from(': hi\n\n')]);
  expect(text(writer.retry(10))).toBe('retry: 10\n\n');
});

describe('cutBytes', () => {
  test('loses nothing', () => {
    expect(cutBytes(Buffer.from('abcde'), 2).map(text)).toEqual(['ab', 'cd', 'e']);
    expect(cutBytes(Buffer.from('abcde'), 'whole').map(text)).toEqual(['abcde']);
    expect(cutBytes(Buffer.alloc(0), 3)).toEqual([]);
  });

  test.each([0, -1, 0.5, Number.NaN])('refuses writes of %d bytes', (size) => {
    expect(() => cutBytes(Buffer.from('abc'), size)).toThrow(RangeError);
  });
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
