/** Driver "contract service": an existing test service for launchdarkly/sse-contract-tests, of which the kit is the harness. */
import { KitError } from '../../kit-error.js';
import { CallbackServer } from './callback-server.js';
import type { ClientDriver, ClientEnd, ClientSession } from './driver.js';

export interface ContractServiceOptions {
  /** Where the service answers `GET /`. */
  readonly url: string;
}

/** The protocol's own first delay; a service that cannot set one ignores it. */
const INITIAL_DELAY_MS = 1_000;

const ANSWER_MS = 10_000;

/** A service names itself and its capabilities in far less. */
const STATUS_BYTES = 256 * 1024;

/** Types that a service with listeners has to be told of; a type that nobody knows stays unknown to it. */
const LISTENED = ['content_chunk', 'heartbeat', 'complete', 'error'] as const;

/** Capabilities of a service, as it names them. */
interface Service {
  readonly capabilities: readonly string[];
  readonly callbacks: CallbackServer;
}

export function contractServiceDriver({ url }: ContractServiceOptions): ClientDriver {
  let service: Promise<Service> | undefined;
  return {
    name: 'contract-service',
    reports: true,
    starts: true,
    target: url,
    async start(streamUrl, scenario, onReport, clock) {
      service ??= contact(url);
      const { capabilities, callbacks } = await service;
      const callback = callbacks.open((value) => onReport({ atMs: clock(), value }));
      const location = await create(url, {
        streamUrl,
        callbackUrl: callback.url,
        tag: scenario,
        initialDelayMs: INITIAL_DELAY_MS,
        // No word of that protocol, and so only for a service that has told of it.
        ...(capabilities.includes('reports') ? { reports: true } : {}),
      });
      if (capabilities.includes('event-type-listeners')) {
        for (const type of LISTENED) {
          await ask(location, 'POST', { command: 'listen', listen: { type } }).catch(silent(location, 'a command'));
        }
      }
      return sessionOf(location, callback.close);
    },
    async close() {
      const [contacted] = await Promise.allSettled([service]);
      if (contacted.status === 'fulfilled') {
        await contacted.value?.callbacks.close();
      }
    },
  };
}

function sessionOf(location: string, close: () => void): ClientSession {
  let end: (end: ClientEnd) => void = () => undefined;
  // A service never tells that a client is done; the wire does.
  const ended = new Promise<ClientEnd>((resolve) => {
    end = resolve;
  });
  return {
    ended,
    async stop() {
      await ask(location, 'DELETE').catch(() => undefined);
      close();
      end({ exitCode: null, stderr: '' });
    },
  };
}

async function contact(url: string): Promise<Service> {
  let response: Response;
  try {
    response = await ask(url, 'GET');
  } catch (cause) {
    const message = `--contract-service: expected a test service at ${url}, got no answer. Start it, or check the port`;
    throw new KitError('unreachable', message, { cause });
  }
  if (!response.ok) {
    const message = `--contract-service: expected status 200 from ${url}, got ${response.status}: is it a test service?`;
    throw new KitError('unreachable', message);
  }
  return { capabilities: capabilitiesOf(await statusOf(response)), callbacks: await CallbackServer.listen() };
}

/** Undefined where it is no JSON, or too long to be a status. */
async function statusOf({ body }: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body ?? []) {
      bytes += part.length;
      if (bytes > STATUS_BYTES) return undefined;
      parts.push(part);
    }
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
}

function capabilitiesOf(status: unknown): readonly string[] {
  if (typeof status !== 'object' || status === null || !('capabilities' in status)) {
    return [];
  }
  const { capabilities } = status;
  return Array.isArray(capabilities) ? capabilities.filter((name) => typeof name === 'string') : [];
}

/** The URL of the client that the service has started. Throws `KitError` (`kit`). */
async function create(url: string, body: Readonly<Record<string, unknown>>): Promise<string> {
  const response = await ask(url, 'POST', body).catch(silent(url, 'the creation of a stream'));
  const location = response.headers.get('location');
  if (!response.ok || location === null || !URL.canParse(location, url)) {
    const seen = `status ${response.status}${location === null ? ' and no Location' : ''}`;
    throw new KitError('unreachable', `--contract-service: expected 2xx with a Location for a new stream, got ${seen}`);
  }
  return new URL(location, url).href;
}

/** Throws `KitError` (`unreachable`) for a request without an answer. */
function silent(url: string, what: string): (cause: unknown) => never {
  return (cause) => {
    throw new KitError('unreachable', `--contract-service: ${url} did not answer ${what}`, { cause });
  };
}

async function ask(url: string, method: string, body?: Readonly<Record<string, unknown>>): Promise<Response> {
  return fetch(url, {
    method,
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
}
