/** A process that opens a stream, closes it in the state it is told, says what is left, and should then end by itself. */
import { connectStream, isFinal } from '../index.js';

/** Turns of the event loop that the runtime may take to tear a socket down. */
const PATIENCE_TURNS = 1000;

const [url = '', when = ''] = process.argv.slice(2);
const stream = connectStream(url, {
  backoffBaseMs: 30_000,
  backoffCapMs: 30_000,
  onState: ({ state }) => {
    if (state === when) {
      stream.close();
    }
    if (isFinal(state)) {
      setImmediate(() => report(state, left('Timeout')));
    }
  },
});

/** Timers are counted at once, sockets when the runtime has had its turns. */
function report(state: string, timers: number, turn = 0): void {
  const sockets = left('TCPSocketWrap');
  if (sockets > 0 && turn < PATIENCE_TURNS) {
    setImmediate(() => report(state, timers, turn + 1));
  } else {
    process.stdout.write(`${JSON.stringify({ state, timers, sockets })}\n`);
  }
}

function left(resource: string): number {
  return process.getActiveResourcesInfo().filter((active) => active === resource).length;
}
