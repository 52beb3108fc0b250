import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FrameFilter } from './http2-connection-field.js';
import { bodyOf, get, recorderOf } from './testing/recording.js';
import { HttpTransport } from './transport.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const frame = (type: number, flags: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(1, 5);
  return Buffer.concat([head, payload]);
};

const PLAIN = Buffer.concat([
  Buffer.from([0x00, 0x0a]),
  Buffer.from('connection'),
  Buffer.from([0x05]),
  Buffer.from('close'),
]);
const CODED = Buffer.concat([
  Buffer.from([0x40, 0x87, 0x21, 0xea, 0xa8, 0xa4, 0x49, 0x8f, 0x57, 0x05]),
  Buffer.from('close'),
]);
const STATUS = Buffer.from([0x88]);

/** What a client sends before its first frame. */
const PREFACE_BYTES = 24;

/** Types of the frames that have arrived whole. */
function frameTypes(bytes: Buffer): readonly number[] {
  const types: number[] = [];
  let at = PREFACE_BYTES;
  while (at + 9 <= bytes.length && at + 9 + bytes.readUIntBE(at, 3) <= bytes.length) {
    types.push(bytes.readUInt8(at + 3));
    at += 9 + bytes.readUIntBE(at, 3);
  }
  return types;
}

/** A target over HTTP/2 by prior knowledge that answers one request, with `field` among its header fields. */
async function listen(field: Buffer): Promise<URL> {
  const server = net.createServer((socket) => {
    let received: Buffer = Buffer.alloc(0);
    let answered = false;
    socket.on('error', () => undefined);
    socket.write(settings());
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!answered && frameTypes(received).includes(1)) {
        answered = true;
        socket.write(frame(1, 4, Buffer.concat([STATUS, field])));
        socket.write(frame(0, 1, Buffer.from('data: connection\n\n')));
      }
    });
  });
  return urlOf(server);
}

/** Of the connection, not of a stream. */
const settings = (): Buffer => frame(4, 0, Buffer.alloc(0)).fill(0, 5, 9);

async function urlOf(server: net.Server): Promise<URL> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
}

async function record(url: URL) {
  const transport = new HttpTransport({ http2: true });
  closers.push(() => transport.close());
  const recorder = recorderOf({ transport });
  await recorder.open(get(url)).ended;
  const [recorded] = recorder.recorded();
  if (recorded === undefined) throw new Error('nothing was recorded');
  return recorded;
}

describe('a Connection field over HTTP/2', () => {
  it.each([
    ['plain', PLAIN],
    ['in the code of HPACK', CODED],
  ])('is recorded, written %s', async (_name, field) => {
    const recorded = await record(await listen(field));
    expect(recorded.response).toMatchObject({ status: 200, httpVersion: '2.0' });
    expect(recorded.response?.headers).toContainEqual(['connection', 'close']);
    expect(bodyOf(recorded)).toBe('data: connection\n\n');
  });

  it('is not seen where there is none', async () => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream', vary: 'connection' });
      stream.end('data: connection\n\n');
    });
    const { response } = await record(await urlOf(server));
    expect(response?.headers).toContainEqual(['vary', 'connection']);
    expect(response?.headers.some(([name]) => name === 'connection')).toBe(false);
  });
});

describe('the filter', () => {
  const bytes = Buffer.concat([
    frame(4, 0, Buffer.alloc(6, 1)),
    frame(1, 4, Buffer.concat([STATUS, PLAIN])),
    frame(0, 0, PLAIN),
    frame(9, 4, CODED),
    frame(0, 1, Buffer.alloc(40_000, 7)),
  ]);

  const filtered = (size: number): Buffer => {
    const filter = new FrameFilter();
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(filter.push(bytes.subarray(at, at + size)));
    return Buffer.concat(parts);
  };

  it.each([1, 2, 3, 7, 100, 100_000])('is the same for pieces of %d bytes', (size) => {
    const out = filtered(size);
    expect(out.length).toBe(bytes.length);
    expect(out.equals(filtered(100_000))).toBe(true);
  });

  it('changes header frames alone', () => {
    const out = filtered(100_000);
    const changed = [...bytes.keys()].filter((at) => bytes[at] !== out[at]);
    expect(changed).toHaveLength(2);
    expect(out.includes(Buffer.from('aonnection'))).toBe(true);
    expect(out.indexOf('connection')).toBeGreaterThan(out.indexOf('aonnection'));
  });
});
