/** Where the requests of a load run go: the target's address is looked up once, not once a connection. */
import { lookup } from 'node:dns/promises';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { KitError } from '../kit-error.js';
import type { LoadPlan } from './types.js';

export interface Destination {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** Lines of every request after its first one: host and the user's own fields, each with its line end. */
  readonly fields: string;
  readonly tls: Pick<tls.ConnectionOptions, 'secureContext' | 'rejectUnauthorized'>;
  /** The path and query of a stream's URL. */
  pathOf(streamId: string): string;
}

const PLACEHOLDER = /\{stream_id\}|%7Bstream_id%7D/i;
/** A host with several addresses: the first one that takes a connection within this time. */
const PROBE_MS = 2000;

/** Throws `KitError`: `usage` for what is no URL, `unreachable` for a host without an address. */
export async function findDestination(plan: LoadPlan): Promise<Destination> {
  const url = URL.canParse(plan.target) ? new URL(plan.target) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new KitError('usage', 'expected a target that begins with http:// or https://, got something else');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const own = plan.headers.map(([name, value]) => headerLine(name, value)).join('');
  return {
    secure,
    host,
    port,
    address: await addressOf(host, port),
    fields: `Host: ${url.host}\r\n${own}`,
    tls: secure
      ? { secureContext: contextOf(plan), rejectUnauthorized: plan.insecure !== true }
      : { rejectUnauthorized: true },
    pathOf: (streamId) => {
      const path = `${url.pathname}${url.search}`;
      if (PLACEHOLDER.test(path)) return path.replace(PLACEHOLDER, streamId);
      return `${path}${url.search === '' ? '?' : '&'}stream_id=${streamId}`;
    },
  };
}

/** A plan may come from another machine: nothing in it may become a line of its own. */
function headerLine(name: string, value: string): string {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    throw new KitError('usage', 'expected headers with a name and a value that HTTP allows, got others', { cause });
  }
  return `${name}: ${value}\r\n`;
}

function contextOf({ ca }: LoadPlan): tls.SecureContext {
  try {
    return tls.createSecureContext(ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] });
  } catch (cause) {
    throw new KitError('usage', 'expected certificates in PEM to trust, got something that cannot be read', { cause });
  }
}

async function addressOf(host: string, port: number): Promise<string> {
  let found: readonly { readonly address: string }[];
  try {
    found = await lookup(host, { all: true });
  } catch (cause) {
    throw new KitError('unreachable', `the host ${host} has no address; check the URL`, { cause });
  }
  const [first, ...others] = found.map(({ address }) => address);
  if (first === undefined) throw new KitError('unreachable', `the host ${host} has no address; check the URL`);
  for (const address of others.length === 0 ? [] : [first, ...others]) {
    if (await takesConnections(address, port)) return address;
  }
  return first;
}

function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: PROBE_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
