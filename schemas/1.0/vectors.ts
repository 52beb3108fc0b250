/** Loads the language-neutral test vectors of this version. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from './package-root.js';
import type {
  BackoffVector,
  CursorVector,
  ParameterVector,
  ResumeVector,
  Vectors,
  WireVector,
} from './types/vectors.js';
import { isOfSchema, validate } from './validate.js';

export type { BackoffVector, CursorVector, ParameterVector, ResumeVector, Vectors, WireVector };

/** Every vector file by its name. Throws where one does not fit the schema `vectors`. */
export function loadVectorFiles(): ReadonlyMap<string, Vectors> {
  const folder = packageFile('schemas', '1.0', 'vectors');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name, readVectors(join(folder, name))]));
}

/** Bytes of an event stream and what a reader makes of them. */
export function loadWireVectors(): readonly WireVector[] {
  return vectorFiles().flatMap((file) => (file.kind === 'wire' ? file.vectors : []));
}

/** What a server takes from a request as its cursor. */
export function loadCursorVectors(): readonly CursorVector[] {
  return vectorFiles().flatMap((file) => (file.kind === 'cursor' ? file.vectors : []));
}

/** What a server answers to a cursor. */
export function loadResumeVectors(): readonly ResumeVector[] {
  return vectorFiles().flatMap((file) => (file.kind === 'resume' ? file.vectors : []));
}

/** Which parameters a client uses. */
export function loadParameterVectors(): readonly ParameterVector[] {
  return vectorFiles().flatMap((file) => (file.kind === 'parameters' ? file.vectors : []));
}

/** How long a client waits before an attempt. */
export function loadBackoffVectors(): readonly BackoffVector[] {
  return vectorFiles().flatMap((file) => (file.kind === 'backoff' ? file.vectors : []));
}

function vectorFiles(): readonly Vectors[] {
  return [...loadVectorFiles().values()];
}

function readVectors(path: string): Vectors {
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isOfSchema('vectors', file)) {
    // The alternatives of the schema are told apart by how far into the file they got.
    const [worst] = [...validate('vectors', file)].sort((a, b) => b.path.length - a.path.length);
    throw new Error(`${path}${worst?.path ?? ''} must be ${worst?.expected}, but is ${worst?.actual}`);
  }
  return file;
}
