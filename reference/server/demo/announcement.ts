/** What the demonstration says of itself first: its URL, and one for each occasion. */
import type { AddressInfo } from 'node:net';
import { HOSTILE_QUESTION } from './producers.js';
import { OCCASION_NAMES } from './site.js';

export function announce(address: AddressInfo | string | null, host: string): object {
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/stream/search`;
  const url = `${base}?query=resilient%20streams`;
  const occasions = Object.fromEntries(OCCASION_NAMES.map((name) => [name, `${url}&occasion=${name}`]));
  const injection = `${base}?query=${encodeURIComponent(HOSTILE_QUESTION)}&occasion=injection`;
  const conflict = `${base}?query=another%20question`;
  return { url, occasions: { ...occasions, injection, conflict, create: url } };
}
