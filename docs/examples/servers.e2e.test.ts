/** The examples of servers start as they are, and stream. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../reference/server/testing/connect.js';
import { builtFile } from '../../scripts/testing/built.js';

let child: ChildProcess | undefined;
afterEach(async () => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

/** Resolves with the URL that the example prints. */
async function run(example: string): Promise<string> {
  builtFile('reference/server/index.js');
  const started = spawn(process.execPath, [new URL(example, import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0' },
  });
  child = started;
  const [line] = await once(createInterface({ input: started.stdout }), 'line');
  return String(line);
}

describe('the examples of servers', () => {
  it('server-node.mjs streams an answer and resumes it, and leaves when told', async () => {
    const url = new URL(await run('server-node.mjs'));
    url.searchParams.set('stream_id', 'example');
    const whole = await ask(url);
    expect(whole.content()).toBe('You asked about tides, and here is what there is to say. ');
    expect(whole.ofType('complete')).toMatchObject([{ reason: 'done', sources: ['https://example.com/'] }]);
    const rest = await ask(url, { headers: { 'last-event-id': '3' } });
    expect(rest.ids()[0]).toBe(4);
    const exited = child && once(child, 'exit');
    child?.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('server-fetch-hono.mjs streams beside other routes', async () => {
    const url = await run('server-fetch-hono.mjs');
    expect((await ask(url)).content()).toBe('Small frameworks do, too.');
    expect((await ask(new URL('/', url))).text).toBe('Streams are at /answers.');
  });

  it('server-http2.mjs streams over HTTP/2', async () => {
    const url = new URL(await run('server-http2.mjs'));
    const session = connectHttp2(url.origin);
    const stream = session.request({ ':path': url.pathname, accept: 'text/event-stream' }).setEncoding('utf8');
    let text = '';
    for await (const part of stream) text += part;
    session.close();
    expect(text.match(/^event: content_chunk$/gm)).toHaveLength(3);
    expect(text).toContain('"reason":"done"');
  });
});
