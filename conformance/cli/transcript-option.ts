/** Keeps the folder of `--transcripts` to one run: files of an earlier run would be judged together with the new ones. */
import { closeSync, openSync, readdirSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { storeTranscripts } from '../evidence/store.js';
import type { Transcript } from '../evidence/types.js';

/** Enough to see the first member of the JSON, which names the form. */
const headBytes = 200;
const transcriptHead = /^\s*\{\s*"schema":\s*"resilient-sse\/transcript\//;

/** Removes the transcripts of an earlier run, and nothing else, then stores the new ones. Throws `KitError` (`kit`). */
export async function replaceTranscripts(folder: string, transcripts: readonly Transcript[]): Promise<void> {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (name.endsWith('.json') && transcriptHead.test(readHead(file))) unlinkSync(file);
  }
  await storeTranscripts(folder, transcripts);
}

function readHead(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(headBytes);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}
