/** Waits until a server that is still starting accepts connections. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOfHost } from '../evidence/recorder/connect.js';
import { KitError } from '../kit-error.js';
import type { ServerTarget } from '../run/types.js';
import { withoutSecrets } from './target-option.js';

const tryEveryMs = 100;

/** A host that drops packets answers nothing: the next try may find it. */
const tryAtMostMs = 2000;

/** It is asked for no stream. Throws `KitError` (`unreachable`) when the time is up. */
export async function awaitTarget(
  { url, connect = {} }: ServerTarget,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { hostname, port, protocol } = new URL(url.replaceAll('{stream_id}', 'x'));
  const host = hostname.replace(/^\[|\]$/g, '');
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const address =
    connect.socketPath === undefined
      ? { host: addressOfHost(host, number, connect), port: number }
      : { path: connect.socketPath };
  const deadlineMs = performance.now() + waitMs;
  let last = await tryToConnect(address);
  while (last !== undefined && !signal.aborted) {
    if (performance.now() >= deadlineMs) {
      throw new KitError(
        'unreachable',
        `--wait: expected ${withoutSecrets(url)} to accept connections within ${waitMs / 1000} s, got ${last}`,
      );
    }
    await sleep(tryEveryMs);
    last = await tryToConnect(address);
  }
}

/** Undefined where the connection was made, else the system's name of the fault. */
function tryToConnect(address: net.NetConnectOpts): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const end = (result: string | undefined): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(tryAtMostMs, () => end('no answer'));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
