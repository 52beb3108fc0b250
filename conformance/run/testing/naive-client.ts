/** A driver whose client lives in this process: reads once, reports what it reads, never comes back. */
import type { ClientDriver, ClientEnd } from '../../client/drivers/driver.js';

export interface NaiveOptions {
  /** Called before each start; may throw, or block. */
  readonly before?: (scenario: string) => void;
  /** False for one that asks for nothing and never ends. */
  readonly asks?: boolean;
}

export interface NaiveDriver extends ClientDriver {
  /** Names of the scenarios it was started for. */
  readonly started: readonly string[];
  readonly isClosed: () => boolean;
}

export function naiveDriver({ before = () => undefined, asks = true }: NaiveOptions = {}): NaiveDriver {
  const started: string[] = [];
  let closed = false;
  return {
    name: 'command',
    reports: true,
    starts: true,
    target: 'naive client',
    started,
    isClosed: () => closed,
    async start(url, scenario, onReport, clock) {
      before(scenario);
      started.push(scenario);
      const stop = new AbortController();
      const stopped = new Promise<ClientEnd>((resolve) => {
        stop.signal.addEventListener('abort', () => resolve({ exitCode: null, stderr: '' }));
      });
      const stopAll = async (): Promise<void> => stop.abort();
      if (!asks) {
        return { ended: stopped, stop: stopAll };
      }
      const read = fetch(url, { signal: stop.signal }).then((response) => response.text());
      const ended = read.then(
        (text) => {
          onReport({ atMs: clock(), value: { type: 'diagnostic', message: `${text.length} characters` } });
          return { exitCode: 0, stderr: '' };
        },
        () => ({ exitCode: 1, stderr: 'it broke' }),
      );
      return { ended, stop: stopAll };
    },
    async close() {
      closed = true;
    },
  };
}
