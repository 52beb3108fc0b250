/** Frames: the same bytes, whoever asks and in whatever form. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Frame, openNodeOutlet } from './outlet.js';
import { portOf } from './testing/serve.js';

const bytesOf = (part: string | Buffer): Buffer => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part);

describe('a frame', () => {
  it.each([
    ['ASCII', 'data: {"content":"tide"}\n\n'],
    ['Latin-1', 'data: {"content":"Flüsse"}\n\n'],
    ['beyond', 'data: {"content":"潮の満ち引き 🌊"}\n\n'],
  ])('is one chunk of the coding, for the first who asks and for all others: %s', (_name, text) => {
    const bytes = Buffer.from(text);
    const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    for (const frame of [new Frame(text), new Frame(bytes)]) {
      expect([1, 2, 3].map(() => bytesOf(frame.chunked))).toEqual([chunk, chunk, chunk]);
      expect(frame.bytes).toEqual(bytes);
    }
  });
});

describe('an outlet of node:http', () => {
  it('writes what one turn gives it at once, in order, before the end', async () => {
    const server = createServer((_request, response) => {
      const outlet = openNodeOutlet(response, 200, { 'Content-Type': 'text/plain' });
      const shared = new Frame('ü');
      for (const frame of [new Frame('a'), shared, new Frame('b'), shared]) outlet.write(frame);
      expect(outlet.bufferedBytes).toBeGreaterThan(4 * 5);
      outlet.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect(portOf(server), '127.0.0.1').setEncoding('utf8');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const part of socket) text += part;
    server.close();
    expect(text.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe('1\r\na\r\n2\r\nü\r\n1\r\nb\r\n2\r\nü\r\n0\r\n\r\n');
  });
});
