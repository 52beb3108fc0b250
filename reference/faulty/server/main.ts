#!/usr/bin/env node
/** All faulty servers as one process. The first line on stdout says where each of them is. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { parseArgs } from 'node:util';
import { answerClientError } from '../../server/index.js';
import type { FaultyServer } from './faulty-server.js';
import { type NullTarget, nulls, type SoundServer, sound, twins } from './index.js';
import { mountTwin, type TwinSite } from './site.js';
import { HOSTILE_QUESTION } from './text.js';

const USAGE = 'Usage: main.js [--only ID,NAME,…]  (ids of requirements, their areas, names of twins or null targets)';
const HOST = '127.0.0.1';
const PATH = 'stream';

/** Told by a POST, a twin shuts down as the reference does at SIGTERM. */
const SHUTDOWN = 'shutdown';

async function main(): Promise<void> {
  const only = readOnly(process.argv.slice(2));
  const chosenTwins = twins.filter((twin) => only.length === 0 || only.some((word) => isNamed(twin, word)));
  const isChosen = ({ name }: { readonly name: string }): boolean => only.length === 0 || only.includes(name);
  const chosenNulls = nulls.filter(isChosen);
  const chosenSound = sound.filter(isChosen);
  for (const word of only) {
    if (!twins.some((twin) => isNamed(twin, word)) && ![...nulls, ...sound].some(({ name }) => name === word)) {
      throw new UsageError(
        `expected the id of a requirement that a twin breaks, or a name, got ${JSON.stringify(word)}`,
      );
    }
  }
  const mounted = [...chosenTwins, ...chosenSound];
  const sites = new Map(mounted.map((one) => [one.name, mountTwin(one)]));
  const remount = (name: string): void => {
    const one = mounted.find((other) => other.name === name);
    if (one !== undefined) sites.set(name, mountTwin(one));
  };
  const server = createServer((request, response) => route(sites, remount, request, response));
  server.on('clientError', answerClientError);
  const base = await listen(server);
  const targets = await Promise.all(chosenNulls.map(announceNull));
  const announcement = {
    twins: await Promise.all(chosenTwins.map(async (twin) => announceTwin(twin, await baseOf(twin, base)))),
    sound: await Promise.all(chosenSound.map(async (one) => announce(one, await baseOf(one, base)))),
    nulls: targets,
  };
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
  const stop = (): void => {
    // What is still open belongs to a run that is over.
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function route(
  sites: ReadonlyMap<string, TwinSite>,
  remount: (name: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, name = '', page] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  const site = sites.get(name);
  if (site !== undefined && page === SHUTDOWN && request.method === 'POST') {
    // A new one takes its place, so that it can be graded again.
    void site.close().then(() => {
      remount(name);
      response.writeHead(204).end();
    });
  } else if (site !== undefined && page === PATH) {
    site.listener(request, response);
  } else {
    response.writeHead(404).end();
  }
}

/** Where its URLs begin: the common server, or one of its own. */
async function baseOf({ http2 }: SoundServer, base: string): Promise<string> {
  return http2 === undefined ? base : listen(http2());
}

function announceTwin(twin: FaultyServer, base: string): object {
  const { breaks, alsoBreaks = [] } = twin;
  return { breaks, alsoBreaks, ...announce(twin, base) };
}

function announce(server: SoundServer, base: string): object {
  const { name, why, occasions = [], credentials, shutsDown, idInPath, http2 } = server;
  const path = idInPath === true ? `${PATH}/{stream_id}` : PATH;
  const url = `${base}/${name}/${path}?query=tides`;
  const urlOf = (occasion: string): string => {
    switch (occasion) {
      case 'create':
        return `${base}/${name}/${PATH}?query=tides`;
      case 'injection':
        return `${url.replace('tides', encodeURIComponent(HOSTILE_QUESTION))}&occasion=injection`;
      case 'conflict':
        return url.replace('tides', 'rivers');
      default:
        return `${url}&occasion=${occasion}`;
    }
  };
  const authorization = (value: string): object => ({ Authorization: value });
  return {
    name,
    why,
    url,
    occasions: Object.fromEntries(occasions.map((occasion) => [occasion, urlOf(occasion)])),
    ...(credentials && { headers: authorization(credentials.own) }),
    ...(credentials?.other !== undefined && { otherHeaders: authorization(credentials.other) }),
    ...(shutsDown === true && { shutdown: `${base}/${name}/${SHUTDOWN}` }),
    ...(http2 && { http2: true }),
  };
}

async function announceNull({ name, mayPass, create }: NullTarget): Promise<object> {
  return { name, mayPass, url: `${await listen(create())}/` };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, HOST);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return `http://${HOST}:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

class UsageError extends Error {}

function readOnly(args: readonly string[]): readonly string[] {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: 'string', multiple: true } } });
    return (values.only ?? []).flatMap((words) => words.split(',')).filter((word) => word !== '');
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}`);
  }
}

function isNamed({ name, breaks }: FaultyServer, word: string): boolean {
  return [name, breaks, breaks.replace(/-\d+$/, '')].includes(word);
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof UsageError ? `${error.message}\n${USAGE}\n` : `${String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
