/** Streams against a server that does what a test says, over real sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../evidence/recorder/testing/certificates.js';
import { KitError } from '../kit-error.js';
import { decodeHistograms } from './histograms.js';
import { runShard } from './run-shard.js';
import { examplePlan } from './testing/example-plan.js';
import type { LoadPlan, ShardOptions, ShardResult } from './types.js';

/** One answer: what a connection gets, by how many connections came before it. */
type Script = (talk: Talk, nth: number) => void;

class Talk {
  readonly traceId: string;
  readonly cursor: string | undefined;

  constructor(
    request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    this.traceId = String(request.headers['x-trace-id']);
    const cursor = request.headers['last-event-id'];
    this.cursor = typeof cursor === 'string' ? cursor : undefined;
  }

  open(headers: Readonly<Record<string, string>> = {}): this {
    const declared = { 'X-Heartbeat-Interval': '5', 'X-Silence-Threshold': '15', 'X-Stream-Max-Seconds': '60' };
    this.response.writeHead(200, { 'Content-Type': 'text/event-stream', ...declared, ...headers });
    return this.beat();
  }

  beat(): this {
    return this.send('heartbeat', undefined, {});
  }

  chunks(from: number, to: number): this {
    for (let id = from; id <= to; id += 1) this.send('content_chunk', id, { content: 'word ', seq: id });
    return this;
  }

  complete(id: number): this {
    return this.send('complete', id, { reason: 'done', total_chunks: id - 1, duration: 1 });
  }

  send(type: string, id: number | undefined, members: object): this {
    const data = JSON.stringify({ trace_id: this.traceId, ...members });
    this.response.write(`event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
    return this;
  }

  end(): void {
    this.response.end();
  }
}

interface Seen {
  readonly result: ShardResult;
  readonly cursors: readonly (string | undefined)[];
}

async function play(script: Script, plan: Partial<LoadPlan> = {}, options: ShardOptions = {}): Promise<Seen> {
  const cursors: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const talk = new Talk(request, response);
    response.on('error', () => undefined);
    cursors.push(talk.cursor);
    script(talk, cursors.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    const target = `http://127.0.0.1:${port}/stream?query=a`;
    return { result: await runShard(examplePlan({ streams: 1, target, ...plan }), options), cursors };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Made before any test: it stops this process for a while. */
const { cert, key } = makeCertificate();

const whole: Script = (talk) => talk.open().chunks(1, 5).complete(6).end();

/** A generator that was late holds no time against the target: then a run shows nothing, and is played again. */
async function playSoundly(script: Script): Promise<Seen> {
  for (;;) {
    const seen = await play(script);
    const wasLate = seen.result.generators.some(({ lagMaxMs }) => lagMaxMs > 150);
    if (!wasLate || Object.keys(seen.result.findingCounts).length > 0) return seen;
  }
}

describe.concurrent('runShard', () => {
  it('reads whole streams', async () => {
    const { result } = await play(whole, { streams: 5 });
    expect(result.counts).toMatchObject({ streamsCompleted: 5, eventsUnique: 30, requests: 5, requestsAnswered: 5 });
    expect(result.counts.completionPpm).toBe(5_000_000);
    expect(result.findingCounts).toEqual({});
    expect(result.generators).toMatchObject([{ outcome: 'whole', streams: 5 }]);
  });

  it('comes back after a cut of the target, from its cursor', async () => {
    const { result, cursors } = await play((talk, nth) => {
      if (nth === 0) talk.open().chunks(1, 3).end();
      else talk.open().chunks(4, 5).complete(6).end();
    });
    expect(cursors).toEqual([undefined, '3']);
    expect(result.counts).toMatchObject({ targetCuts: 1, resumptions: 1, streamsCompleted: 1, lost: 0 });
    const { reconnect, resumption } = decodeHistograms(result.histograms);
    expect([reconnect.totalCount, resumption.totalCount]).toEqual([1, 1]);
    // Backoff before the first attempt is 1 s, give or take 10 %.
    expect(reconnect.maxValue).toBeGreaterThan(850_000);
  });

  it('detects silence and comes back', async () => {
    const { result, cursors } = await play((talk, nth) => {
      if (nth === 0) talk.open({ 'X-Silence-Threshold': '0.6' }).chunks(1, 2);
      else talk.open().chunks(3, 5).complete(6).end();
    });
    expect(cursors).toEqual([undefined, '2']);
    expect(result).toMatchObject({ stallsPerStream: 1, counts: { stalls: 1, streamsCompleted: 1 } });
    expect(decodeHistograms(result.histograms).detection.maxValue).toBeGreaterThanOrEqual(590_000);
  });

  it('tries again after 503, not before the target wants it', async () => {
    const startedMs = performance.now();
    const { result } = await play((talk, nth) => {
      if (nth === 0) talk.response.writeHead(503, { 'Retry-After': '2' }).end();
      else whole(talk, nth);
    });
    expect(performance.now() - startedMs).toBeGreaterThan(1900);
    expect(result.failures).toEqual({ 'HTTP 503': 1 });
    expect(result.counts).toMatchObject({ requests: 2, requestsAnswered: 1, streamsCompleted: 1, userErrors: 0 });
  });

  it('cuts by plan, and compares what comes again from the start', async () => {
    const { result, cursors } = await play(
      (talk) => {
        const from = Number(talk.cursor ?? 0) + 1;
        talk.open().chunks(from, 60).complete(61).end();
      },
      { streams: 12, cutRate: 1 },
    );
    expect(result.counts).toMatchObject({ cuts: 12, streamsCompleted: 12, duplicates: 0, lost: 0 });
    expect(result.counts.eventsReplayed).toBeGreaterThan(0);
    expect(result.findingCounts).toEqual({});
    expect(cursors).toHaveLength(24);
  });

  it('leaves a stream after as many events as were asked for', async () => {
    const { result } = await play((talk) => void talk.open().chunks(1, 40), { events: 10 });
    expect(result.counts).toMatchObject({ streamsCompleted: 1, eventsUnique: 10, completionPpm: 1_000_000 });
  });

  it('is over in time, and leaves what still runs', async () => {
    const { result } = await play((talk) => void talk.open().chunks(1, 3), { durationMs: 3000, streams: 2 });
    expect(result.counts).toMatchObject({ streamsLeft: 2, streamsJudged: 0, eventsSent: 6, lost: 0 });
  });

  it.each<[string, Script, object]>([
    [
      'an error at the end',
      (talk) => talk.open().chunks(1, 2).send('error', 3, { code: 'x' }).end(),
      { userErrors: 1 },
    ],
    ['404', ({ response }) => response.writeHead(404).end(), { userErrors: 1, requests: 1, requestsAnswered: 0 }],
  ])('shows users %s', async (_, script, counts) => {
    const { result } = await play(script);
    expect(result.counts).toMatchObject({ streamsCompleted: 0, streamsFailed: 1, ...counts });
  });

  it.each<[string, Script]>([
    [
      'heartbeat-not-first',
      (talk) => {
        talk.response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        talk.chunks(1, 5).complete(6).end();
      },
    ],
    ['cap-exceeded', (talk) => void talk.open({ 'X-Stream-Max-Seconds': '0.1' }).chunks(1, 2)],
    ['close-late', (talk) => void talk.open().chunks(1, 5).complete(6)],
    ['after-terminal', (talk) => talk.open().chunks(1, 5).complete(6).chunks(7, 7).end()],
    [
      'ended-too-early',
      (talk, nth) => (nth === 0 ? talk.open().chunks(1, 2).end() : talk.response.writeHead(204).end()),
    ],
    [
      'resume-refused',
      (talk, nth) => (nth === 0 ? talk.open().chunks(1, 2).end() : talk.response.writeHead(410).end()),
    ],
    [
      'resume-refused',
      (talk, nth) => {
        if (nth === 0) talk.open().chunks(1, 2).end();
        else talk.open().send('error', undefined, { code: 'replay_gap' }).end();
      },
    ],
    [
      'heartbeat-late',
      (talk) => {
        talk.open({ 'X-Heartbeat-Interval': '0.1' });
        setTimeout(() => talk.beat().chunks(1, 5).complete(6).end(), 1500);
      },
    ],
  ])('names %s', async (kind, script) => {
    const { result } = await playSoundly(script);
    expect(Object.keys(result.findingCounts)).toContain(kind);
  });

  it('begins at its time, tells its progress, and ends at a signal', async () => {
    const controller = new AbortController();
    const startAtMs = Date.now() + 300;
    const { result } = await play(
      (talk) => void talk.open().chunks(1, 2),
      {},
      {
        startAtMs,
        signal: controller.signal,
        onProgress: ({ counts }) => counts.eventsUnique === 2 && controller.abort(),
      },
    );
    expect(Date.parse(result.generators[0]?.startedAt ?? '')).toBeGreaterThanOrEqual(startAtMs);
    expect(result).toMatchObject({ counts: { streamsLeft: 1 }, generators: [{ outcome: 'interrupted' }] });
  });

  it('speaks TLS: with a certificate that is trusted, or with any where that is wanted', async () => {
    const server = createSecureServer({ cert, key }, (request, response) => whole(new Talk(request, response), 0));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const plan = examplePlan({ target: `https://localhost:${port}/stream`, streams: 2 });
    const trusting = await Promise.all([runShard({ ...plan, ca: cert }), runShard({ ...plan, insecure: true })]);
    expect(trusting.map(({ counts }) => counts.streamsCompleted)).toEqual([2, 2]);
    const controller = new AbortController();
    const refusing = await runShard(plan, {
      signal: controller.signal,
      onProgress: ({ failures }) => Object.keys(failures).length > 0 && controller.abort(),
    });
    expect(Object.keys(refusing.failures).join()).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    server.closeAllConnections();
    server.close();
  });

  it('says what is no host, no URL and no header', async () => {
    const running = runShard(examplePlan({ target: 'http://nowhere.invalid/' }));
    await expect(running).rejects.toThrow(KitError);
    await expect(runShard(examplePlan({ target: 'ftp://host/' }))).rejects.toThrow('expected a target');
    await expect(runShard(examplePlan({ headers: [['A', 'b\r\nC: d']] }))).rejects.toThrow('expected headers');
  });
});
