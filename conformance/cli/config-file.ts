/** The file `conformance.json`: a target and how to grade it, for what the command line does not say. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Target } from '../../schemas/1.0/types/target.js';
import { readJsonFile } from './json-file.js';
import type { RunFlags } from './run-options.js';

const DEFAULT_FILE = 'conformance.json';

const targetBytesAtMost = 1024 * 1024;

/** True for an option that the user gave. */
export type IsGiven = (flag: string) => boolean;

/**
 * The flags with what the file says added: `--config`, else `conformance.json` in this folder where no target was
 * given. Throws `KitError` (`usage`).
 */
export function withConfig<F extends RunFlags>(flags: F, isGiven: IsGiven): F {
  const file = flags.config ?? (flags.target === undefined && existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file === undefined) {
    return flags;
  }
  const said = flagsOf(readTargetFile(file), dirname(resolve(file)));
  const added = Object.entries(said).filter(([name, value]) => value !== undefined && !isGiven(name));
  return { ...flags, ...Object.fromEntries(added) };
}

function readTargetFile(file: string): Target {
  return readJsonFile(file, {
    schema: 'target',
    command: '--config',
    what: 'a target',
    hint: 'conformance init writes one',
    bytesAtMost: targetBytesAtMost,
  });
}

/** What the file says, as flags; paths are relative to the file. */
export function flagsOf(target: Target, folder: string): { readonly [K in keyof RunFlags]?: RunFlags[K] | undefined } {
  const { connect = {}, occasions = {}, commands = {} } = target;
  const path = (given: string | undefined): string | undefined =>
    given === undefined ? undefined : resolve(folder, given);
  const headers = (given: Readonly<Record<string, string>> | undefined): string[] | undefined =>
    given === undefined
      ? undefined
      : Object.entries(given).map(([name, value]) =>
          value.startsWith('@') ? `${name}: @${resolve(folder, value.slice(1))}` : `${name}: ${value}`,
        );
  const named = Object.entries(occasions).map(([name, value]) => `${name}=${value}`);
  return {
    target: target.url,
    creation: target.method === 'POST' ? creationOf(target.body) : undefined,
    streamId: target.method === 'POST' ? false : target.chooseStreamId,
    header: headers(target.headers),
    otherHeader: headers(target.otherHeaders),
    occasion: named.length === 0 ? undefined : named,
    onDemand: commands.shutdown === undefined ? undefined : [`shutdown=${commands.shutdown}`],
    level: target.level,
    only: target.only,
    acceptUnobserved: target.acceptUnobserved,
    strict: target.strict,
    quick: target.quick,
    concurrency: target.concurrency,
    timeout: target.timeoutSeconds,
    baseline: path(target.baseline),
    tolerances: target.tolerances,
    ca: path(connect.ca),
    cert: path(connect.certificate),
    key: path(connect.key),
    insecure: connect.insecure,
    resolve: connect.resolve,
    unixSocket: path(connect.socketPath),
    allowRedirectsTo: connect.crossOriginRedirects === true ? ['*'] : undefined,
  };
}

function creationOf(body: Target['body']): NonNullable<RunFlags['creation']> {
  if (body === undefined) {
    return { method: 'POST' };
  }
  return typeof body === 'string'
    ? { method: 'POST', body }
    : { method: 'POST', body: JSON.stringify(body), contentType: 'application/json' };
}
