/** Speaks HTTP/2 by prior knowledge, and can add to every answer a field that HTTP/2 forbids. */
import { createServer } from 'node:http2';
import { connect, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createStreamHandler } from '../../server/index.js';
import { mountOptions } from './site.js';

const FRAME_HEAD_BYTES = 9;
const HEADERS = 1;

/** `connection: keep-alive` as HPACK writes a field that nobody is to remember. */
const FIELD = Buffer.concat([
  Buffer.from([0, 10]),
  Buffer.from('connection'),
  Buffer.from([10]),
  Buffer.from('keep-alive'),
]);

/** Node's own server drops the field, so that it is added to its frames on their way. */
export function createHttp2Front(addsField: boolean): Server {
  const handler = createStreamHandler(mountOptions());
  const behind = createServer(handler.listener);
  behind.listen(0, '127.0.0.1').unref();
  return createNetServer((client) => {
    const address = behind.address();
    const server = connect(address !== null && typeof address === 'object' ? address.port : 0, '127.0.0.1');
    join(client, server);
    const add = addsField ? createFieldAdder() : (bytes: Buffer): Buffer => bytes;
    server.on('data', (bytes: Buffer) => client.write(add(bytes)));
    client.pipe(server);
  });
}

function join(client: Socket, server: Socket): void {
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** Adds the field to every header frame of what comes in pieces. */
function createFieldAdder(): (bytes: Buffer) => Buffer {
  let pending: Buffer = Buffer.alloc(0);
  return (bytes) => {
    let rest: Buffer = Buffer.concat([pending, bytes]);
    const out: Buffer[] = [];
    while (rest.length >= FRAME_HEAD_BYTES && rest.length >= FRAME_HEAD_BYTES + rest.readUIntBE(0, 3)) {
      const payloadBytes = rest.readUIntBE(0, 3);
      const frame = Buffer.from(rest.subarray(0, FRAME_HEAD_BYTES + payloadBytes));
      const adds = frame[3] === HEADERS;
      if (adds) frame.writeUIntBE(payloadBytes + FIELD.length, 0, 3);
      out.push(frame, ...(adds ? [FIELD] : []));
      rest = rest.subarray(frame.length);
    }
    pending = rest;
    return Buffer.concat(out);
  };
}
