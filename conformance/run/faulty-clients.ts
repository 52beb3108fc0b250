/** What the program with the faulty clients says of itself, and how each of them is started. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type CommandOptions, commandDriver } from '../client/drivers/command.js';
import type { ClientDriver } from '../client/drivers/driver.js';
import { KitError } from '../kit-error.js';

export interface FaultyClientTwin {
  readonly name: string;
  readonly breaks: string;
  readonly alsoBreaks: readonly string[];
  readonly why: string;
  /** Its fault shows in a page alone: it plays one, and is hidden and woken over its standard input. */
  readonly inPage: boolean;
}

export interface NullClientTarget {
  readonly name: string;
  readonly mayPass: readonly string[];
}

export interface FaultyClients {
  readonly twins: readonly FaultyClientTwin[];
  readonly nulls: readonly NullClientTarget[];
  /** Names of clients unlike the reference that break nothing. */
  readonly sound: readonly string[];
  /** A driver for the client of that name; `reference` is the one without a fault. */
  driver(name: string, options?: { readonly inPage?: boolean; readonly folder?: string }): ClientDriver;
}

/** `file` is the program. Throws `KitError` (`kit`) where it does not say what it has. */
export async function readFaultyClients(file: string): Promise<FaultyClients> {
  const { stdout } = await promisify(execFile)(process.execPath, [file, '--list']).catch((cause: unknown) => {
    throw new KitError('kit', 'cannot list the faulty clients: run "npm run build", or install the package again', {
      cause,
    });
  });
  const list: unknown = JSON.parse(stdout);
  if (!isRecord(list) || !Array.isArray(list.twins) || !Array.isArray(list.nulls)) {
    throw unexpected('an object with "twins" and "nulls"');
  }
  return {
    twins: list.twins.map(readTwin),
    nulls: list.nulls.map(readNull),
    sound: Array.isArray(list.sound) ? list.sound.map(readName) : [],
    driver: (name, { inPage = false, folder } = {}) => {
      const words = [process.execPath, file, name, ...(inPage ? ['--page'] : [])];
      const command = [...words, ...(folder === undefined ? [] : ['--folder', folder])].map(quoted).join(' ');
      const options: CommandOptions = { command, target: `faulty client ${name}`, takesCues: inPage };
      return commandDriver(options);
    },
  };
}

function readTwin(value: unknown): FaultyClientTwin {
  if (!isRecord(value) || !isText(value.name) || !isText(value.breaks) || !isTexts(value.alsoBreaks)) {
    throw unexpected('"name", "breaks" and "alsoBreaks" of each twin');
  }
  const { name, breaks, alsoBreaks, why, inPage } = value;
  return { name, breaks, alsoBreaks, why: isText(why) ? why : '', inPage: inPage === true };
}

function readNull(value: unknown): NullClientTarget {
  const mayPass = isRecord(value) && isTexts(value.mayPass) ? value.mayPass : [];
  return { name: readName(value), mayPass };
}

function readName(value: unknown): string {
  if (!isRecord(value) || !isText(value.name)) {
    throw unexpected('"name" of each client');
  }
  return value.name;
}

function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function unexpected(what: string): KitError {
  return new KitError('kit', `expected ${what} from the faulty clients, got something else; the build may be stale`);
}
