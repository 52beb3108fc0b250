/** The options about how a target is reached: certificates, addresses, proxies, redirects, HTTP/2. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import type { Command } from 'commander';
import type { ConnectOptions, Proxies, Resolution } from '../evidence/recorder/connect.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { faultCode } from './exit-codes.js';
import { collect } from './option-readers.js';

/** As the command line gives them. */
export interface ConnectFlags {
  readonly http2?: boolean;
  readonly allowRedirectsTo?: readonly string[];
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  readonly resolve?: readonly string[];
  readonly unixSocket?: string;
  /** False for `--no-proxy`. */
  readonly proxy?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function declareConnectOptions(command: Command): void {
  command
    .option('--http2', 'every request over HTTP/2, over http: by prior knowledge', false)
    .option('--allow-redirects-to <origin>', 'follow redirects there, without the headers (repeatable)', collect, [])
    .option('--ca <file>', 'certificates to trust besides the known ones, PEM')
    .option('--insecure', 'accept any certificate; the report says so', false)
    .option('--cert <file>', "the kit's own certificate, PEM; with --key")
    .option('--key <file>', "the key of the kit's certificate, PEM; with --cert")
    .option('--resolve <host:port:address>', 'address for a host and port (repeatable)', collect, [])
    .option('--unix-socket <path>', 'send every request to this unix socket')
    .option('--no-proxy', 'leave HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment alone');
}

/** Throws `KitError` (`usage`). */
export function readConnectOptions(flags: ConnectFlags, environment: Environment): ConnectOptions {
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new KitError('usage', '--cert and --key belong together: expected both, got one');
  }
  const proxies = flags.proxy === false ? undefined : readProxies(environment);
  const { allowRedirectsTo = [], resolve = [] } = flags;
  return {
    ...(flags.http2 === true ? { http2: true } : {}),
    ...(flags.insecure === true ? { insecure: true } : {}),
    ...(flags.ca === undefined ? {} : { ca: readPem('--ca', flags.ca, 'CERTIFICATE') }),
    ...(flags.cert === undefined ? {} : { certificate: readPem('--cert', flags.cert, 'CERTIFICATE') }),
    ...(flags.key === undefined ? {} : { key: readPem('--key', flags.key, 'PRIVATE KEY') }),
    ...(flags.unixSocket === undefined ? {} : { socketPath: flags.unixSocket }),
    ...(resolve.length === 0 ? {} : { resolve: resolve.map(readResolution) }),
    ...(allowRedirectsTo.length === 0 ? {} : { redirectsTo: allowRedirectsTo.map(readOrigin) }),
    ...(proxies === undefined ? {} : { proxies }),
  };
}

function readPem(option: string, file: string, label: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KitError('usage', `${option}: cannot read the file "${toPrintable(file)}" (${faultCode(cause)})`, {
      cause,
    });
  }
  if (!new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(text)) {
    throw new KitError(
      'usage',
      `${option}: expected PEM with "BEGIN ${label}" in "${toPrintable(file)}", got something else`,
    );
  }
  return text;
}

/** `host:port:address`; an IPv6 address with or without brackets. */
function readResolution(given: string): Resolution {
  const [, host = '', port = '', address = ''] = /^(\[[^\]]+\]|[^:]+):(\d{1,5}):(.+)$/.exec(given) ?? [];
  const bare = address.replace(/^\[|\]$/g, '');
  if (host === '' || Number(port) > 65_535 || net.isIP(bare) === 0) {
    throw new KitError(
      'usage',
      `--resolve: expected host:port:address such as api.example:443:127.0.0.1, got "${toPrintable(given.slice(0, 80))}"`,
    );
  }
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port), address: bare };
}

function readOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '';
  if (given !== '*' && (!isOrigin || url.href !== `${url.origin}/`)) {
    throw new KitError(
      'usage',
      '--allow-redirects-to: expected an origin such as https://api.example, without a path; or * for any',
    );
  }
  return url === undefined ? given : url.origin;
}

/** This machine is never reached through a proxy. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

function readProxies(environment: Environment): Proxies | undefined {
  const value = (name: string): string | undefined => {
    const given = environment[name.toLowerCase()] ?? environment[name];
    return given === undefined || given.trim() === '' ? undefined : given.trim();
  };
  const http = readProxy('HTTP_PROXY', value('HTTP_PROXY'));
  const https = readProxy('HTTPS_PROXY', value('HTTPS_PROXY'));
  if (http === undefined && https === undefined) {
    return undefined;
  }
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    bypass: [...LOOPBACK, ...(value('NO_PROXY') ?? '').split(',')],
  };
}

function readProxy(name: string, given: string | undefined): string | undefined {
  if (given === undefined) {
    return undefined;
  }
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw new KitError(
      'usage',
      `${name}: expected an http:// or https:// URL in the environment, got another; or use --no-proxy`,
    );
  }
  return url;
}
