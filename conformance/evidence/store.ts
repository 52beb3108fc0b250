/** Transcripts on disk: a JSON file a scenario, so that they can be judged again without the target. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import type { Transcript } from './types.js';

/** A folder of transcripts comes from anywhere: no more than this is read of it. */
const MOST_FILES = 200;
const MOST_BYTES = 256 * 1024 * 1024;

/** Makes the folder where it is missing. Throws `KitError` (`usage`) where it cannot be written to. */
export async function prepareTranscripts(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    const probe = join(directory, '.writable');
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw new KitError('usage', `expected a folder to write transcripts to, got "${directory}": ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** Writes one file a transcript, `<scenario>.json` or `<scenario>.2.json`. Throws `KitError` (`kit`). */
export async function storeTranscripts(directory: string, transcripts: readonly Transcript[]): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    for (const transcript of transcripts) {
      const name = transcript.attempt === 1 ? transcript.scenario : `${transcript.scenario}.${transcript.attempt}`;
      await writeFile(join(directory, `${name}.json`), `${JSON.stringify(transcript, null, 1)}\n`);
    }
  } catch (cause) {
    throw new KitError('kit', `cannot write the transcripts to "${directory}": ${reasonOf(cause)}`, { cause });
  }
}

/** Every `*.json` of a folder, in the order of the names. Throws `KitError` (`usage`) for anything that is no transcript. */
export async function loadTranscripts(directory: string): Promise<readonly Transcript[]> {
  const names = await listFiles(directory);
  const transcripts: Transcript[] = [];
  let bytes = 0;
  for (const name of names) {
    const file = join(directory, name);
    bytes += await sizeOf(file);
    if (bytes > MOST_BYTES) {
      throw new KitError('usage', `expected at most ${MOST_BYTES} bytes of transcripts in "${directory}", got more`);
    }
    transcripts.push(parseTranscript(await readText(file), file));
  }
  return transcripts;
}

async function listFiles(directory: string): Promise<readonly string[]> {
  let names: string[];
  try {
    names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  } catch (cause) {
    throw new KitError('usage', `expected a folder of transcripts, got "${directory}": ${reasonOf(cause)}`, { cause });
  }
  if (names.length === 0) {
    throw new KitError(
      'usage',
      `expected transcripts (*.json) in "${directory}", found none: make them with --transcripts`,
    );
  }
  if (names.length > MOST_FILES) {
    throw new KitError('usage', `expected at most ${MOST_FILES} transcripts in "${directory}", got ${names.length}`);
  }
  return names;
}

/** Bytes of a plain file: anything else, such as a pipe, could keep the reader waiting. */
async function sizeOf(file: string): Promise<number> {
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isFile() !== true) {
    throw new KitError('usage', `expected a transcript in "${file}", got no plain file that can be read`);
  }
  return facts.size;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KitError('usage', `expected a transcript in "${file}", got: ${reasonOf(cause)}`, { cause });
  }
}

/** `file` names the source in errors. Throws `KitError` (`usage`). */
export function parseTranscript(text: string, file: string): Transcript {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new KitError('usage', `expected a transcript in "${file}", got text that is no JSON`, { cause });
  }
  return readTranscript(value, file);
}

/** The same for what was parsed before, such as a part of a larger document. Throws `KitError` (`usage`). */
export function readTranscript(value: unknown, file: string): Transcript {
  if (!isTranscript(value)) {
    const [violation] = validate('transcript', value);
    const where = violation?.path === '' ? '' : ` at ${violation?.path}`;
    throw new KitError(
      'usage',
      `expected a transcript in "${file}": expected ${violation?.expected}${where}, got ${violation?.actual}`,
    );
  }
  return value;
}

/** The schema says all that the type says. */
function isTranscript(value: unknown): value is Transcript {
  return isOfSchema('transcript', value);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
