import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Answer } from '../scenarios/scenario.js';
import { makeCertificate } from './certificate.js';
import type { Play } from './play.js';
import { ScriptedServer } from './scripted-server.js';
import { scenarioOf, streamAnswer } from './testing/staging.js';

const certificate = makeCertificate();

async function staged(...answers: readonly Answer[]): Promise<{ readonly url: string; readonly play: Play }> {
  const server = await ScriptedServer.listen({ host: '127.0.0.1', port: 0, certificate });
  onTestFinished(() => server.close());
  return server.stage(scenarioOf(answers), { onCue: async () => false });
}

/** Text of the body, and how it ended. */
async function read(url: string): Promise<{ status: number | undefined; text: string; error: string | undefined }> {
  const asked = request(url, { ca: certificate.cert, agent: false }).end();
  asked.on('error', () => undefined);
  const [response] = await once(asked, 'response');
  let text = '';
  let error: string | undefined;
  response.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  response.on('error', (fault: NodeJS.ErrnoException) => {
    error = fault.code;
  });
  await new Promise((resolve) => response.once('close', resolve));
  return { status: response.statusCode, text, error };
}

describe('over TLS', () => {
  test.each([
    ['eof', 'eof', undefined],
    ['reset', 'reset', 'ECONNRESET'],
    ['truncate', 'truncated', 'ECONNRESET'],
  ] as const)('a stream ends by %s', async (how, kind, error) => {
    const { url, play } = await staged(
      streamAnswer({ do: 'play', upToId: 1 }, { do: 'wait', ms: 50 }, { do: 'end', how }),
    );
    expect(url).toMatch(/^https:/);
    const seen = await read(url);
    expect(seen).toMatchObject({ status: 200, error });
    expect(seen.text).toContain('id: 1\n');
    expect(play.close()).toMatchObject([{ end: { by: 'kit', kind }, request: { url } }]);
  });

  test('a client that goes first is seen', async () => {
    const { url, play } = await staged(streamAnswer({ do: 'heartbeat' }, { do: 'stall', atMostMs: 5_000 }));
    const asked = request(url, { ca: certificate.cert, agent: false }).end();
    const [response] = await once(asked, 'response');
    await once(response, 'data');
    asked.on('error', () => undefined).destroy();
    await play.quiesce(5_000);
    expect(play.close()).toMatchObject([{ end: { by: 'target' } }]);
  });

  test('what is no TLS, or does not trust, disturbs nobody', async () => {
    const { url } = await staged({ kind: 'status', status: 404 });
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow();
    await expect(fetch(url)).rejects.toThrow();
    expect(await read(url)).toMatchObject({ status: 404 });
  });
});

describe('a certificate', () => {
  test('is its own authority, for this machine, for now', () => {
    const parsed = new X509Certificate(certificate.cert);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(true);
    expect(['localhost', '127.0.0.1', '::1'].map((name) => parsed.checkHost(name) ?? parsed.checkIP(name))).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
    ]);
    expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now() + 3_600_000);
  });

  test('has a key of its own each time, also in far years', () => {
    const later = makeCertificate(Date.parse('2051-02-03T04:05:06.789Z'));
    expect(later.key).not.toBe(certificate.key);
    expect(new Date(new X509Certificate(later.cert).validTo).toISOString()).toBe('2051-02-05T04:05:06.000Z');
  });
});
