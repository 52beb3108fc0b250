/** From the flags of `run` to a run against a client: which driver, and what does not go together. */
import { existsSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { browserDriver } from '../client/drivers/browser.js';
import { commandDriver } from '../client/drivers/command.js';
import { contractServiceDriver } from '../client/drivers/contract-service.js';
import type { ClientDriver } from '../client/drivers/driver.js';
import { wireOnlyDriver } from '../client/drivers/wire-only.js';
import { KitError } from '../kit-error.js';
import type { ClientRunOptions } from '../run/client-types.js';
import { readRequirements } from '../spec/read-spec.js';
import { areaOf } from '../spec/requirement.js';
import { type ClientTls, prepareTls } from './client-tls.js';
import { checkNames, splitNames } from './requirement-names.js';
import { type RunFlags, referenceTarget } from './run-options.js';
import { checkUrl } from './target-option.js';

/** What `run` takes besides, to grade a client. */
export interface ClientFlags {
  readonly client?: string;
  readonly browser?: string;
  readonly contractService?: string;
  readonly wireOnly: boolean;
  readonly realTime: boolean;
  readonly port?: number;
  readonly tls?: boolean;
}

type Flags = RunFlags & ClientFlags;

/** True where the flags name a client. */
export function isAboutClient({ client, browser, contractService, wireOnly }: Flags): boolean {
  return client !== undefined || browser !== undefined || contractService !== undefined || wireOnly;
}

/** Throws `KitError` (`usage`) for client options where a server is graded. */
export function refuseClientOptions({ realTime, port, tls }: Flags): void {
  const option = realTime ? '--real-time' : tls === true ? '--tls' : port === undefined ? undefined : '--port';
  if (option !== undefined) {
    throw new KitError(
      'usage',
      `${option} is about grading a client: expected --client, --browser or another one with it`,
    );
  }
}

/** Throws `KitError` (`usage`). */
export function readClientOptions(flags: Flags): ClientRunOptions {
  refuseServerOptions(flags);
  const requirements = readRequirements(flags.spec);
  const only = splitNames(flags.only);
  if (flags.only.length > 0 && only.length === 0) {
    throw new KitError('usage', '--only: expected ids or areas, got none');
  }
  const accepted = splitNames(flags.acceptUnobserved);
  checkNames('--only', only, requirements, 'client');
  checkNames('--accept-unobserved', accepted, requirements, 'client');
  const ofClients = requirements.filter(({ role }) => role === 'client').map(({ id }) => id);
  const tls = readTls(flags);
  return {
    driver: readDriver(flags, tls?.environment),
    ...(tls === undefined ? {} : { certificate: tls.certificate }),
    spec: flags.spec,
    level: flags.level,
    only,
    strict: flags.strict,
    acceptUnobserved: ofClients.filter((id) => accepted.includes(id) || accepted.includes(areaOf(id))),
    quick: flags.quick,
    concurrency: flags.concurrency,
    realTime: flags.realTime,
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout * 1000 }),
    ...(flags.port === undefined ? {} : { port: flags.port }),
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
  };
}

function refuseServerOptions({ target, header, otherHeader, occasion, streamId, fast, wait }: Flags): void {
  const given: readonly (readonly [option: string, isGiven: boolean])[] = [
    ['--target', target !== undefined],
    ['--header', header.length > 0],
    ['--other-header', otherHeader.length > 0],
    ['--occasion', occasion.length > 0],
    ['--no-stream-id', !streamId],
    ['--fast', fast],
    ['--wait', wait !== undefined],
  ];
  const [option] = given.find(([, isGiven]) => isGiven) ?? [];
  if (option !== undefined) {
    throw new KitError('usage', `${option} is about grading a server: leave it out where a client is graded`);
  }
}

/** A browser, and whoever was started before, would have to be told whom to trust. */
function readTls({ tls, client }: Flags): ClientTls | undefined {
  if (tls === true && client === undefined) {
    throw new KitError(
      'usage',
      '--tls: expected --client with it: another client is not told which certificate to trust',
    );
  }
  return tls === true ? prepareTls() : undefined;
}

function readDriver(
  { client, browser, contractService, wireOnly }: Flags,
  environment: Readonly<Record<string, string>> = {},
): ClientDriver {
  const ways = [client, browser, contractService, wireOnly ? '' : undefined].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw new KitError('usage', 'expected one of --client, --browser, --contract-service and --wire-only, got several');
  }
  if (client !== undefined) {
    return client === referenceTarget ? referenceClient(environment) : commandDriver({ command: client, environment });
  }
  if (browser !== undefined) {
    return browserDriver({ page: browser });
  }
  return contractService === undefined
    ? wireOnlyDriver()
    : contractServiceDriver({ url: checkUrl('--contract-service', contractService) });
}

/** The reference client as a process like any other. */
function referenceClient(environment: Readonly<Record<string, string>>): ClientDriver {
  const file = packageFile('dist', 'reference', 'client', 'adapter.js');
  if (!existsSync(file)) {
    throw new KitError('kit', 'the reference client is not built: run "npm run build", or install the package again');
  }
  const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&')}"`;
  const command = `${quoted(process.execPath)} ${quoted(file)}`;
  return commandDriver({ command, target: 'reference client', environment });
}
