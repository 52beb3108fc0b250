/** What `conformance init` takes where nothing else is said: the reference server, as `serve --fast` starts it. */
import { KitError } from '../kit-error.js';

const url = 'http://127.0.0.1:8080/stream/search';

export const example = {
  target: `${url}?query=tides`,
  occasions: {
    cap: `${url}?query=tides&occasion=cap`,
    error: `${url}?query=tides&occasion=error`,
    evicted: `${url}?query=tides&occasion=evicted`,
    conflict: `${url}?query=currents`,
    create: `${url}?query=tides`,
  },
  start: (version: string): string => `npx --yes resilient-sse@${version} serve --port 8080 --fast`,
  client: 'reference',
};

/** It becomes a line of a script. Throws `KitError` (`usage`). */
export function oneLine(option: string, given: string): string {
  if (given.trim() === '' || /[\r\n\0]/.test(given)) {
    throw new KitError('usage', `${option}: expected a command on one line`);
  }
  return given;
}
