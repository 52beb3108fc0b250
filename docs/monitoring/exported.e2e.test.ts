/** What rules and dashboard ask for is what a reference server and reference clients export, in a real run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStream, type MetricName, type StreamOptions } from '../../reference/client/index.js';
import { ReferenceServer } from '../../reference/client/testing/reference-server.js';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { gatherMeasurements } from './measurements.mjs';
import { labelsIn, metricsIn, packFile, readExpressions } from './pack.js';
import { type Trouble, troubledFetch } from './testing/troubled-fetch.js';

/** Label names by metric, of the metrics that have a sample. */
type Exported = ReadonlyMap<string, ReadonlySet<string>>;

type Measurement = Parameters<NonNullable<StreamOptions['onMetric']>>;

/** Every name that the client's type knows. */
const clientNames: Readonly<Record<MetricName, true>> = {
  sse_streams_started_total: true,
  sse_total_events_received: true,
  sse_stream_completion_rate: true,
  sse_duplicate_events_total: true,
  sse_message_loss_total: true,
  sse_stall_detections_total: true,
  sse_user_visible_errors_total: true,
  sse_reconnect_time_ms: true,
};

describe('the metrics', () => {
  let server: ReferenceServer;
  let collector: ChildProcess;
  let collectorUrl: string;
  let ofServer: Exported;
  let ofClients: Exported;
  let measured: readonly Measurement[];

  beforeAll(async () => {
    server = await ReferenceServer.start('--fast');
    const started = spawn(process.execPath, [packFile('collector.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORT: '0' },
    });
    collector = started;
    const [line] = await once(createInterface({ input: started.stdout }), 'line');
    const { url }: { url: string } = JSON.parse(String(line));
    collectorUrl = url;
    measured = await runClients(server);
    const measurements = gatherMeasurements();
    for (const measurement of measured) measurements.take(...measurement);
    const summed = measurements.empty();
    expect(summed.length).toBeLessThan(measured.length / 10);
    const sent = await fetch(new URL('/measurements', url), { method: 'POST', body: JSON.stringify(summed) });
    expect(sent.status).toBe(204);
    ofServer = await scrape(new URL('/metrics', server.url));
    ofClients = await scrape(new URL('/metrics', url));
  }, 60_000);

  afterAll(async () => {
    collector.kill('SIGKILL');
    await server.stop();
  });

  it('of a client are all measured in such a run', () => {
    expect([...new Set(measured.map(([name]) => name))].sort()).toEqual(Object.keys(clientNames).sort());
  });

  it('that rules and dashboard name are exported, with the labels that they name', () => {
    const missing = readExpressions().flatMap(({ where, text }) => {
      const metrics = metricsIn(text);
      const labels = new Set(
        metrics.flatMap((name) => [...(ofServer.get(name) ?? []), ...(ofClients.get(name) ?? [])]),
      );
      return [
        ...metrics.filter((name) => !ofServer.has(name) && !ofClients.has(name)),
        ...(metrics.length === 0 ? [] : labelsIn(text).filter((label) => !labels.has(label))),
      ].map((name) => `${where}: ${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('of the operations chapter are exported by those whom it names', () => {
    const chapter = readFileSync(packageFile('spec', '1.0', '82-operations.md'), 'utf8');
    const rows = Array.from(chapter.matchAll(/^\| `(sse_\w+)` \| .*? \| (client|server|both) \|/gm));
    expect(rows.length).toBeGreaterThan(15);
    const missing = rows.filter(
      ([, name = '', by]) => (by !== 'client' && !ofServer.has(name)) || (by !== 'server' && !ofClients.has(name)),
    );
    expect(missing.map(([, name]) => name)).toEqual([]);
  });

  it('that make no sense are not taken by the collector', async () => {
    const post = async (body: string) => {
      const answer = await fetch(new URL('/measurements', collectorUrl), { method: 'POST', body }).catch(
        () => undefined,
      );
      return answer?.status ?? 'closed';
    };
    const before = await (await fetch(new URL('/metrics', collectorUrl))).text();
    const nonsense = [
      ['sse_message_loss_total', -1],
      ['sse_message_loss_total', '1'],
      ['no_such_metric', 1],
      ['sse_user_visible_errors_total', 1, { category: 'mine' }],
      ['sse_stream_completion_rate', 200],
      null,
    ];
    expect(await post(JSON.stringify(nonsense))).toBe(204);
    expect(await post('{')).toBe(400);
    expect(await post('{}')).toBe(400);
    expect(await post(' '.repeat(100_000))).toBe('closed');
    expect(await (await fetch(new URL('/metrics', collectorUrl))).text()).toBe(before);
  });
});

async function runClients(server: ReferenceServer): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  const follow = async (url: string, options: StreamOptions = {}): Promise<void> => {
    const onMetric: NonNullable<StreamOptions['onMetric']> = (...measurement) => measured.push(measurement);
    const stream = connectStream(url, { backoffBaseMs: 50, ...options, onMetric });
    const ended = new Promise<void>((resolve) =>
      stream.addEventListener('state', () => {
        if (stream.ended) resolve();
      }),
    );
    await ended;
  };
  const troubled = (trouble: Trouble): StreamOptions => ({ fetch: troubledFetch(trouble) });
  const refused: StreamOptions = { fetch: () => Promise.reject(new TypeError('refused')), maxReconnectAttempts: 1 };
  await Promise.all([
    follow(server.url),
    follow(server.occasions.error ?? ''),
    follow(
      server.url,
      troubled((block, index) => (index < 5 ? [block] : 'cut')),
    ),
    follow(
      server.url,
      troubled((block, index) => (index < 5 ? [block] : 'hush')),
    ),
    follow(
      server.url,
      troubled((block) => [block, block]),
    ),
    follow(server.url, refused),
    fetch(`${server.url}&last_event_id=none`).then((answer) => expect(answer.status).toBe(400)),
  ]);
  return measured;
}

async function scrape(url: URL): Promise<Exported> {
  const text = await (await fetch(url)).text();
  const exported = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    const known = exported.get(base) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    exported.set(base, known);
  }
  return exported;
}
