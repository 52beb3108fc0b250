/** The work of `conformance serve`: starts the reference server, says where it is, and ends it with Ctrl-C. */
import { KitError } from '../kit-error.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { readAnnouncement } from './reference-announcement.js';
import { referenceServer, startProgram } from './reference-process.js';
import type { ServeFlags } from './serve.js';

/** Resolves when the server has ended. Throws `KitError`. */
export async function serveReference(flags: ServeFlags): Promise<number> {
  const interruption = watchForInterruption();
  try {
    const server = await startProgram(referenceServer, { args: argumentsOf(flags), showLog: true });
    const stopped = new Promise<'stopped'>((resolve) => {
      const stop = () => resolve('stopped');
      if (interruption.signal.aborted) stop();
      else interruption.signal.addEventListener('abort', stop, { once: true });
    });
    process.stdout.write(flags.json ? `${JSON.stringify(server.announcement)}\n` : describe(server.announcement));
    const ended = await Promise.race([stopped, server.exited]);
    if (ended === 'stopped') {
      await server.stop();
      return exitCodes.conforms;
    }
    throw new KitError('kit', `the reference server ended by itself with exit code ${ended ?? 'of a signal'}`);
  } finally {
    interruption.release();
  }
}

function argumentsOf(flags: ServeFlags): string[] {
  const args = ['--port', String(flags.port), '--host', flags.host];
  if (flags.fast) args.push('--fast');
  for (const name of ['heartbeat', 'silence', 'cap'] as const) {
    const seconds = flags[name];
    if (seconds !== undefined) args.push(`--${name}`, String(seconds));
  }
  if (flags.chunkDelay !== undefined) args.push('--chunk-delay', String(flags.chunkDelay));
  return args;
}

function describe(announcement: unknown): string {
  const { url, occasions } = readAnnouncement(announcement);
  const named = Object.entries(occasions).map(([name, at]) => `  ${name.padEnd(10)}${at}`);
  return [
    'The reference server of Resilient SSE is listening.',
    '',
    `  ${'stream'.padEnd(10)}${url}`,
    ...named,
    '',
    `Read a stream:  curl -N '${url}&stream_id=try-1'`,
    `Grade it:       conformance run --target '${url}'`,
    'Stop it:        Ctrl-C',
    '',
  ].join('\n');
}
