/** A port for a program that takes no port 0, or for a server that is to come later. */
import { once } from 'node:events';
import net from 'node:net';

/** One that nothing listened on a moment ago, on the loopback. */
export async function findFreePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return address.port;
}
