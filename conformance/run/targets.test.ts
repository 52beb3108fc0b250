import type net from 'node:net';
import { describe, expect, it } from 'vitest';
import { KitError } from '../kit-error.js';
import { runServer } from './run-server.js';
import { startMiniServer } from './testing/mini-server.js';
import { everything, mini, optionsOf, tcp, transcriptOf } from './testing/runs.js';

describe('targets that are none', () => {
  it('cannot be reached', async () => {
    const { url, close } = await startMiniServer({ capMs: 1000, chunkMs: 20 });
    await close();
    const failure = await runServer(everything, optionsOf(url)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KitError);
    expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringMatching(/expected.*got.*Start it/) });
    expect(String(failure)).not.toContain('\n');
  });

  it('never answer, and are asked no further', async () => {
    const url = await tcp(() => undefined);
    const { transcripts, report } = await runServer(everything, optionsOf(url, { timeoutMs: 500 }));
    expect(transcriptOf(transcripts, 'readers')).toMatchObject({ outcome: 'skipped', connections: [] });
    expect(report).toMatchObject({ grade: 'F', conforms: false });
  });

  it.each<[string, (socket: net.Socket) => void]>([
    ['close at once', (socket) => socket.destroy()],
    [
      'send an endless line',
      (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 ${'x'.repeat(100_000)}`)),
    ],
    ['answer 404', (socket) => socket.on('data', () => socket.write('HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n'))],
  ])('%s', async (_, act) => {
    const url = await tcp(act);
    const { transcripts } = await runServer(everything, optionsOf(url));
    expect(transcripts.every(({ outcome }) => outcome === 'done' || outcome === 'skipped')).toBe(true);
  });
});

describe('credentials', () => {
  const secret = 'correct-horse-battery-staple';
  it('are sent on every request and never stored', async () => {
    const server = await mini({ token: secret, chunks: 5 });
    const options = optionsOf(server.url);
    const target = { ...options.target, headers: [['X-Token', secret]] as const };
    const { report, transcripts } = await runServer(everything, { ...options, target });
    expect(JSON.stringify({ report, transcripts })).not.toContain(secret);
    const { connections } = transcriptOf(transcripts, 'authorization');
    expect(connections.map(({ label, response }) => [label, response?.status])).toEqual([
      ['first', 200],
      ['create-without', 401],
      ['without', 401],
      ['without-resume', 401],
      ['without-cancel', 401],
    ]);
  });
});

describe('a target that chooses its stream ids', () => {
  it('is resumed by the id that it named', async () => {
    const server = await mini();
    const options = optionsOf(server.url);
    const { transcripts } = await runServer(everything, {
      ...options,
      target: { ...options.target, choosesStreamId: false },
    });
    const { connections, streamId } = transcriptOf(transcripts, 'cut-and-resume');
    expect(streamId).toMatch(/^server-/);
    expect(connections.map(({ request }) => new URL(request.url).searchParams.get('stream_id'))).toEqual([
      null,
      ...Array.from({ length: 4 }, () => streamId),
    ]);
  });
});
