import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from './http-answer.js';

function read(chunks: readonly Buffer[]) {
  const seen = { status: 0, fields: {}, body: '', ends: 0, fault: '' };
  const reader = new AnswerReader({
    onHead: ({ status, fields }) => {
      seen.status = status;
      seen.fields = Object.fromEntries(fields);
      return true;
    },
    onBody: (bytes) => {
      seen.body += bytes.toString('latin1');
      return true;
    },
    onEnd: () => {
      seen.ends += 1;
    },
    onFault: (reason) => {
      seen.fault = reason;
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  const whole = reader.end();
  return { ...seen, whole };
}

const pieces = (text: string, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, nth) =>
    Buffer.from(text.slice(nth * size, (nth + 1) * size), 'latin1'),
  );

describe('AnswerReader', () => {
  it('takes the chunks off a body, wherever the bytes are cut', () => {
    const parts = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 50 }), fc.boolean(), (texts, size, extended) => {
        const chunks = texts.map((text) => {
          const bytes = Buffer.from(text);
          return `${bytes.length.toString(16)}${extended ? ';a=b' : ''}\r\n${bytes.toString('latin1')}\r\n`;
        });
        const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A:  b \r\n\r\n${chunks.join('')}0\r\n\r\n`;
        expect(read(pieces(answer, size))).toEqual({
          status: 200,
          fields: { 'transfer-encoding': 'chunked', 'x-a': 'b' },
          body: Buffer.from(texts.join('')).toString('latin1'),
          ends: 1,
          fault: '',
          whole: true,
        });
      }),
    );
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd', { body: 'abc', ends: 1, whole: true }],
    ['HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nab', { body: 'ab', ends: 0, whole: false }],
    ['HTTP/1.0 200 OK\r\n\r\nto the end', { body: 'to the end', ends: 1, whole: true }],
    ['HTTP/1.1 204 No Content\r\n\r\n', { status: 204, ends: 1, whole: true }],
    ['HTTP/1.1 503 No\r\ncontent-length: 0\r\nRetry-After: 3\r\n\r\n', { status: 503, ends: 1 }],
    ['HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 1\n\nx', { status: 200, body: 'x', ends: 1 }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', { body: 'abc', ends: 0, whole: false }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', { fault: 'a chunk without a size' }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc', { fault: 'a chunk longer than its size' }],
    ['SSH-2.0-OpenSSH\r\n\r\n', { fault: 'no HTTP/1.1 answer but "SSH-2.0-OpenSSH"' }],
  ])('%j', (answer, expected) => {
    expect(read(pieces(answer, answer.length))).toMatchObject(expected);
    expect(read(pieces(answer, 1))).toMatchObject(expected);
  });

  it('bounds a head, a size line and a trailer that never end', () => {
    const start = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const flood = Array.from({ length: 20 }, () => Buffer.alloc(8192, 'x'));
    expect(read(flood).fault).toContain('a head of more than');
    expect(read([Buffer.from(`${start}1`), ...flood]).fault).toContain('size line');
    expect(read([Buffer.from(`${start}0\r\n`), ...flood]).fault).toContain('trailer');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => read(chunks.map((one) => Buffer.from(one))).ends <= 1),
    );
  });
});
