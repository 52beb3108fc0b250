/** The work of `conformance faults`: listens, says where and what happens, and ends with Ctrl-C. */
import type { Faults } from '../../schemas/1.0/types/faults.js';
import { needsPlainHttp } from '../faults/profiles.js';
import { createFaultProxy, type ProxyEvent } from '../faults/proxy.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { exitCodes } from './exit-codes.js';
import type { FaultsFlags } from './faults.js';
import { readProfile } from './faults-profile.js';
import { watchForInterruption } from './interruption.js';
import { checkUrl } from './target-option.js';

/** Resolves with the exit code when the user has ended it. Throws `KitError`. */
export async function serveFaults(flags: FaultsFlags): Promise<number> {
  const upstream = upstreamOf(flags.upstream);
  const given = readProfile(flags.profile);
  if (upstream.protocol === 'https:' && needsPlainHttp(given)) {
    throw new KitError(
      'usage',
      `--profile: behind https:// nobody sees events, so "after": {"events": …} and "lossRate" cannot happen; expected "bytes" or "ms", or an http:// upstream`,
    );
  }
  const profile: Faults = { ...given, seed: flags.seed ?? given.seed ?? Math.floor(Math.random() * 0x1_0000_0000) };
  const interruption = watchForInterruption();
  try {
    const proxy = await createFaultProxy({
      upstream: { host: hostOf(upstream), port: portOf(upstream) },
      profile,
      host: flags.host,
      port: flags.listen,
      onEvent: (event) => {
        if (!flags.quiet) process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${describe(event)}\n`);
      },
    });
    const url = new URL(upstream);
    url.hostname = proxy.host;
    url.port = String(proxy.port);
    const { description = flags.profile.startsWith('{') ? 'as given' : flags.profile } = profile;
    process.stdout.write(`${JSON.stringify({ url: url.href, profile })}\n`);
    if (!flags.quiet) {
      process.stderr.write(`${upstream.origin} is behind ${url.origin}. ${toPrintable(description)} Ctrl-C ends it.\n`);
    }
    await interrupted(interruption.signal);
    await proxy.close();
    return exitCodes.conforms;
  } finally {
    interruption.release();
  }
}

function upstreamOf(given: string | undefined): URL {
  if (given === undefined) {
    throw new KitError('usage', '--upstream: expected the URL of a server, got none; --list shows the profiles');
  }
  return new URL(checkUrl('--upstream', given));
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function describe(event: ProxyEvent): string {
  const head = `connection ${event.connection}`;
  switch (event.kind) {
    case 'broken':
      return `${head}: ${event.action} after ${event.events} events, ${event.bytes} bytes`;
    case 'unreachable':
      return `${head}: the upstream cannot be reached: ${toPrintable(event.reason)}`;
    default:
      return `${head} ${event.kind}`;
  }
}
