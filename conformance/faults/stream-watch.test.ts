import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamWatch } from './stream-watch.js';

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)};ext=1\r\n${text}\r\n`;
const STREAM = 'Content-Type: text/event-stream; charset=utf-8';

const REQUESTS = [
  'POST /a HTTP/1.1\r\nContent-Length: 27\r\n\r\nGET / HTTP/1.1\r\ndata: x\r\n\r\n',
  'HEAD /b HTTP/1.1\r\n\r\n',
  'GET /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\n\n\n\r\n0\r\n\r\n',
  'GET /d HTTP/1.1\r\n\r\n',
  'GET /e HTTP/1.1\r\n\r\n',
].join('');

const ANSWERS = [
  `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${STREAM}\r\nContent-Length: 40\r\n\r\ndata: a\n\nevent: heartbeat\ndata: {}\n\n::\n\n`,
  `HTTP/1.1 200 OK\r\n${STREAM}\r\nContent-Length: 9\r\n\r\n`,
  `HTTP/1.1 200 OK\r\n${STREAM}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('id: 1\ndata\n')}${chunk('\nevent: x\r\nda')}${chunk('ta: é\r\n')}${chunk('\r\nevent: x\r\r')}0\r\nTrailer: a\r\n\r\n`,
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\ndata: a\n\n',
  `HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\ndata: b\n\ndata: `,
].join('');

function split(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

test('the ends of events are found, however the bytes are cut', () => {
  const bytes = Buffer.from(ANSWERS);
  const cut = fc.integer({ min: 0, max: bytes.length });
  const marksOf = (cuts: readonly number[]): readonly string[] => {
    let streams = 0;
    const watch = new StreamWatch(() => {
      streams += 1;
    });
    watch.sent(Buffer.from(REQUESTS));
    let at = 0;
    const marks: string[] = [];
    for (const piece of split(bytes, cuts)) {
      for (const { offset, isEvent } of watch.received(piece)) {
        const before = bytes.subarray(0, at + offset).toString();
        // Whether the LF of a CRLF belongs to the event depends on the cut.
        marks.push(`${isEvent ? 'event' : 'stream'} ${before.replace(/\r\n$/, '\r').slice(-4)}`);
      }
      at += piece.length;
    }
    return [...marks, `${streams} streams`];
  };
  const whole = marksOf([]);
  expect(whole).toEqual([
    'stream 0\r\n\r',
    'event  a\n\n',
    'stream t=1\r',
    'event 1\r\n\n',
    'event 1\r\n\r',
    'stream 8\r\n\r',
    'event  b\n\n',
    '3 streams',
  ]);
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 40 }), (cuts) => {
      expect(marksOf(cuts)).toEqual(whole);
    }),
  );
});
