/** A process full of readers: opens the URL of its first argument as often as the second says, then waits to be killed. */
import { get } from 'node:http';

const [, , url = '', count = '0'] = process.argv;
const opened = Array.from(
  { length: Number(count) },
  () =>
    new Promise((resolve, reject) => {
      get(url, { agent: false }, (message) => message.resume().once('data', resolve)).once('error', reject);
    }),
);
await Promise.all(opened);
process.stdout.write('ready\n');
