/** Clients that do not take part: whatever a rule says about them it has made up. */
import { connect } from 'node:net';
import type { NullClient } from './faulty-client.js';

const stay = (): void => void setInterval(() => undefined, 60_000);

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Sends a request and reads nothing of the answer; the socket is held. */
function ask(url: string): ReturnType<typeof connect> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`);
  return socket;
}

function lie(): void {
  for (const state of ['connecting', 'open']) {
    print({ type: 'state', state });
  }
  for (let id = 1; id <= 9; id += 1) {
    print({
      type: 'event',
      event: id < 9 ? 'content_chunk' : 'complete',
      id: String(id),
      data: { content: `w${id} ` },
    });
  }
  print({ type: 'state', state: 'completed', reason: 'done' });
  print({ type: 'error', code: 'gap', message: 'too large, malformed, lost' });
}

export const nullClients: readonly NullClient[] = [
  { name: 'does-nothing', why: 'ends by itself after a second', run: () => void setTimeout(() => undefined, 1000) },
  { name: 'exits-at-once', why: 'ends with an error', run: () => process.exit(1) },
  { name: 'hangs', why: 'never ends', run: stay },
  {
    name: 'floods',
    why: 'prints without an end',
    run() {
      // As fast as is read, with a breath in between: the kit and its other clients share the machine.
      const line = `${'lorem ipsum '.repeat(5000)}\n`;
      setInterval(() => process.stdout.writableNeedDrain || process.stdout.write(line), 5);
    },
  },
  { name: 'lies', why: 'prints what a client prints, without a network', run: lie },
  {
    name: 'asks-and-never-reads',
    why: 'sends a request and leaves the answer where it is',
    run(url) {
      ask(url);
      stay();
    },
  },
  {
    name: 'asks-and-leaves',
    why: 'sends a request and ends',
    run(url) {
      const socket = ask(url);
      setTimeout(() => socket.destroy(), 100);
    },
  },
];
