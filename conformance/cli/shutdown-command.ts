/** Runs the command that shuts a target down. */
import { spawn } from 'node:child_process';
import { KitError } from '../kit-error.js';

/** A command that lasts longer is left alone: what the target does is seen on its connections. */
const PATIENCE_MS = 10_000;

/** By the shell. Resolves when the command has ended. Throws `KitError` (`usage`) where it cannot be run or fails. */
export async function runShutdown(command: string): Promise<void> {
  const child = spawn(command, { shell: true, stdio: 'ignore' });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(0), PATIENCE_MS);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  const code = await Promise.race([ended, late]).finally(() => clearTimeout(timer));
  child.unref();
  if (code !== 0) {
    throw new KitError('usage', `the command for the occasion "shutdown" failed with exit code ${code ?? 'none'}`);
  }
}
