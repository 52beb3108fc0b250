/** Every way to mount the reference server that the kit grades, each with its real parts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Replica } from '../../reference/server/testing/replica.js';
import { findFreePort } from '../testing/free-port.js';
import { type Program, programPath } from '../testing/needs.js';
import { RedisServer } from '../testing/redis-server.js';
import { haproxyConfig, nginxConfig } from './proxies.js';

export interface Mounted {
  readonly url: string;
  readonly occasions: Readonly<Record<string, string>>;
  readonly http2?: true;
  /** Tells the target to shut down. */
  readonly shutDown: () => void;
  readonly remove: () => Promise<void>;
}

export interface Mount {
  readonly needs: readonly Program[];
  readonly start: () => Promise<Mounted>;
}

const otherTransport = new URL('other-transport.ts', import.meta.url).pathname;

/** What was started, to be undone in the opposite order. */
class Parts {
  readonly #undo: (() => Promise<unknown>)[] = [];

  async redis(): Promise<RedisServer> {
    const redis = await RedisServer.start({ durable: false });
    this.#undo.push(() => redis.remove());
    return redis;
  }

  async replica(args: readonly string[], program?: string): Promise<Replica> {
    const replica = await Replica.start(args, {}, program);
    this.#undo.push(() => replica.stop('SIGKILL'));
    return replica;
  }

  /** A proxy in front of the replicas. Returns its origin. */
  async proxy(
    program: 'nginx' | 'haproxy',
    configure: (port: number, folder: string, backends: readonly string[]) => string,
    replicas: readonly Replica[],
  ): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `${program}-`));
    this.#undo.push(() => rm(folder, { recursive: true, force: true }));
    const port = await findFreePort();
    const file = join(folder, 'proxy.conf');
    await writeFile(
      file,
      configure(
        port,
        folder,
        replicas.map(({ url }) => new URL(url).host),
      ),
    );
    const args =
      program === 'nginx' ? ['-c', file, '-p', folder, '-e', join(folder, 'error.log')] : ['-db', '-f', file];
    const child = spawn(programPath(program), args, { stdio: 'ignore' });
    this.#undo.push(() => stop(child));
    await answers(port);
    return `http://127.0.0.1:${port}`;
  }

  readonly remove = async (): Promise<void> => {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Resolves when something listens on the port; rejects when nothing does for 5 s. */
async function answers(port: number): Promise<void> {
  const giveUpAtMs = performance.now() + 5000;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    if (performance.now() > giveUpAtMs) throw new Error(`nothing listens on port ${port}`);
    await setTimeout(20);
  }
}

/** Starts parts; whatever fails, none of them stays. */
function mount(needs: readonly Program[], assemble: (parts: Parts) => Promise<Omit<Mounted, 'remove'>>): Mount {
  return {
    needs,
    start: async () => {
      const parts = new Parts();
      try {
        return { ...(await assemble(parts)), remove: parts.remove };
      } catch (error) {
        await parts.remove();
        throw error;
      }
    },
  };
}

/** The URLs of a replica, through a proxy where there is one. */
function offer(replicas: readonly [Replica, ...Replica[]], origin?: string): Omit<Mounted, 'remove'> {
  const [first] = replicas;
  const through = (url: string): string => (origin === undefined ? url : url.replace(new URL(url).origin, origin));
  return {
    url: through(first.url),
    occasions: Object.fromEntries(Object.entries(first.occasions).map(([name, url]) => [name, through(String(url))])),
    shutDown: () => {
      for (const { child } of replicas) child.kill('SIGTERM');
    },
  };
}

export const mounts: Readonly<Record<string, Mount>> = {
  memory: mount([], async (parts) => offer([await parts.replica(['--fast'])])),
  redis: mount(['redis-server'], async (parts) => {
    const { url } = await parts.redis();
    return offer([await parts.replica(['--fast', '--redis', url])]);
  }),
  nginx: mount(['nginx'], async (parts) => {
    const replica = await parts.replica(['--fast']);
    return offer([replica], await parts.proxy('nginx', nginxConfig, [replica]));
  }),
  http2: mount([], async (parts) => ({
    ...offer([await parts.replica(['http2', '--fast'], otherTransport)]),
    http2: true,
  })),
  fetch: mount([], async (parts) => offer([await parts.replica(['fetch', '--fast'], otherTransport)])),
  replicas: mount(['redis-server', 'haproxy'], async (parts) => {
    const { url } = await parts.redis();
    const first = await parts.replica(['--fast', '--redis', url]);
    const second = await parts.replica(['--fast', '--redis', url]);
    return offer([first, second], await parts.proxy('haproxy', haproxyConfig, [first, second]));
  }),
};
