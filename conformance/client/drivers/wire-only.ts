/** Driver "wire only": nothing is started; whoever likes asks for the URLs, and the wire alone is judged. */
import type { ClientDriver } from './driver.js';

/** @param target How the client is called in the report. */
export function wireOnlyDriver(target = 'wire-only'): ClientDriver {
  return {
    name: 'wire-only',
    reports: false,
    starts: false,
    target,
    start: async () => {
      let end: () => void = () => undefined;
      const ended = new Promise<{ exitCode: null; stderr: string }>((resolve) => {
        end = () => resolve({ exitCode: null, stderr: '' });
      });
      return { ended, stop: async () => end() };
    },
    close: async () => undefined,
  };
}
