/** How the kit reaches a target: certificates, addresses, proxies, the version of HTTP. */

import net from 'node:net';

/** `host:port` and the address that stands for it. */
export interface Resolution {
  /** Lower case, an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** An IP address, without brackets. */
  readonly address: string;
}

/** URLs of proxies by the scheme of the target. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  /** Entries of NO_PROXY: a host, a domain with or without its leading dot, `host:port`, or `*`. */
  readonly bypass: readonly string[];
}

export interface ConnectOptions {
  /** Certificates to trust besides those that Node trusts, PEM. */
  readonly ca?: string;
  /** The certificate of the kit, PEM. */
  readonly certificate?: string;
  /** The private key of the kit, PEM. */
  readonly key?: string;
  /** Accept any certificate. */
  readonly insecure?: boolean;
  readonly resolve?: readonly Resolution[];
  /** Path of a unix socket that stands for every host. */
  readonly socketPath?: string;
  readonly proxies?: Proxies;
  /** Every request over HTTP/2, over `http:` by prior knowledge. Without it only those that ask for it. */
  readonly http2?: boolean;
  /** Origins to which a redirect may lead, besides that of the request. */
  readonly redirectsTo?: readonly string[];
}

/** Host without brackets, as sockets want it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** The address that the user gave for a host and port; the host itself where there is none. */
export function addressOfHost(host: string, port: number, { resolve = [] }: ConnectOptions): string {
  return resolve.find((one) => one.host === host.toLowerCase() && one.port === port)?.address ?? host;
}

/** The proxy for a URL; undefined where it is reached directly. */
export function proxyOf(url: URL, { proxies, socketPath }: ConnectOptions): URL | undefined {
  const given = url.protocol === 'https:' ? proxies?.https : proxies?.http;
  if (given === undefined || socketPath !== undefined || isBypassed(url, proxies?.bypass ?? [])) {
    return undefined;
  }
  return new URL(given);
}

function isBypassed(url: URL, bypass: readonly string[]): boolean {
  const host = hostOf(url).toLowerCase();
  return bypass.some((given) => {
    const entry = given.trim().toLowerCase();
    const [, name = '', port] = net.isIP(entry) === 0 ? (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []) : ['', entry];
    if (port !== undefined && Number(port) !== portOf(url)) {
      return false;
    }
    const domain = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
    return name === '*' || (domain !== '' && (host === domain || host.endsWith(`.${domain}`)));
  });
}

/** The value of `Proxy-Authorization` for the user that a proxy's URL names. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') {
    return undefined;
  }
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(user).toString('base64')}`;
}
