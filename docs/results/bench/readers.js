/** The readers, all in one process on plain sockets: `node readers.js <port> <broadcast|distinct> <readers>`, over IPC. */
import { connect } from 'node:net';

const [, , port, mode, readers] = process.argv;
const count = Number(readers);
const AT_ONCE = 100;
const LAST_CHUNK = '\n\r\n0\r\n\r\n';
let opened = 0;
let closed = 0;
let events = 0;

/** Blank lines end events. One that is cut in two by the network is counted by its second half. */
function countEvents(bytes, endedWithLineFeed) {
  let found = endedWithLineFeed && bytes[0] === 10 ? 1 : 0;
  for (let at = bytes.indexOf('\n\n'); at !== -1; at = bytes.indexOf('\n\n', at + 2)) found += 1;
  return found;
}

function open(index) {
  let heard = false;
  let lineFeed = false;
  let tail = '';
  const socket = connect(Number(port), '127.0.0.1');
  const streamId = mode === 'broadcast' ? 'all' : `reader-${index}`;
  socket.write(
    `GET /?stream_id=${streamId} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n`,
  );
  socket.on('data', (bytes) => {
    events += countEvents(bytes, lineFeed);
    lineFeed = bytes[bytes.length - 1] === 10 && bytes[bytes.length - 2] !== 10;
    tail = (tail + bytes.toString('latin1', Math.max(0, bytes.length - LAST_CHUNK.length))).slice(-LAST_CHUNK.length);
    // Some servers answer keep-alive whatever was asked: the body has ended, the socket need not.
    if (tail === LAST_CHUNK) socket.destroy();
    if (heard || !bytes.includes('data:')) return;
    heard = true;
    opened += 1;
    if (opened + AT_ONCE <= count) open(opened + AT_ONCE - 1);
    if (opened === count) process.send({ opened });
  });
  socket.on('close', () => {
    closed += 1;
    if (closed === count) process.send({ events });
  });
  socket.on('error', (error) => {
    process.send({ error: error.message });
  });
}

for (let index = 0; index < Math.min(AT_ONCE, count); index += 1) open(index);
process.on('disconnect', () => process.exit());
