/** The reference server: one generation for a broadcast, one a reader for streams of their own; with ids and history. */
import { createServer } from 'node:http';
import { createStreamHandler } from '../../../../dist/reference/server/index.js';
import { content } from '../events.js';

export function create({ readers }) {
  let rounds = 0;
  let finished = false;
  let wake;
  let next;
  const turn = () => {
    next = new Promise((resolve) => {
      wake = resolve;
    });
  };
  turn();
  const ring = () => {
    const resolve = wake;
    turn();
    resolve();
  };
  const handler = createStreamHandler({
    maxSeconds: 3600,
    maxReadersPerStream: readers + 10,
    produce: async function* produce() {
      for (let given = 0; ; ) {
        for (; given < rounds; given += 1) yield content;
        if (finished) return;
        await next;
      }
    },
  });
  return {
    server: createServer(handler.listener),
    tick: () => {
      rounds += 1;
      ring();
    },
    finish: () => {
      finished = true;
      ring();
    },
  };
}
