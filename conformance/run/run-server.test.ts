import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { parseTranscript } from '../evidence/store.js';
import type { Transcript } from '../evidence/types.js';
import { createEvidence } from '../evidence/views.js';
import { type Rule, right, wrong } from '../judge/rule.js';
import { KitError } from '../kit-error.js';
import { serverScenarios } from '../server/scenarios/index.js';
import { judgeWith, type Rules } from './judge-with.js';
import { runServer } from './run-server.js';
import { type MiniServer, type MiniServerOptions, startMiniServer } from './testing/mini-server.js';
import type { Progress, RunOptions } from './types.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function mini(options: Partial<MiniServerOptions> = {}): Promise<MiniServer> {
  const server = await startMiniServer({ capMs: 1000, chunkMs: 20, chunks: 20, ...options });
  closers.push(server.close);
  return server;
}

/** A TCP server that does what `act` does to every connection. */
async function tcp(act: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

function ruleFrom(from: readonly string[], judge: Rule['judge'] = () => []): Rule {
  return { from, observes: 'o', occasion: 'c', mend: 'm', judge };
}

/** One rule that looks at every scenario. */
const everything: Rules = { 'HTTP-001': ruleFrom(serverScenarios.map(({ name }) => name)) };

function optionsOf(url: string, more: Partial<RunOptions> = {}): RunOptions {
  return {
    target: { url, occasions: {}, headers: [], choosesStreamId: true },
    spec: '1.0',
    level: 'Core',
    only: [],
    strict: false,
    acceptUnobserved: [],
    concurrency: 8,
    quick: false,
    ...more,
  };
}

function transcriptOf(transcripts: readonly Transcript[], name: string): Transcript {
  const found = transcripts.find(({ scenario }) => scenario === name);
  if (found === undefined) {
    throw new Error(`no transcript of ${name}`);
  }
  return found;
}

const labelsOf = (transcript: Transcript): string[] => transcript.connections.map(({ label }) => label);

describe('a run', () => {
  it('plays every scenario whose occasion is there, on a stream of its own, and says why it left out the rest', async () => {
    const { url } = await mini();
    const progress: Progress[] = [];
    const { report, transcripts } = await runServer(everything, optionsOf(url), (one) => progress.push(one));
    expect(transcripts.map(({ scenario }) => scenario).sort()).toEqual(serverScenarios.map(({ name }) => name).sort());
    const played = transcripts.filter(({ outcome }) => outcome !== 'skipped');
    expect(played.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(new Set(played.map(({ streamId }) => streamId)).size).toBe(played.length);
    expect(transcriptOf(transcripts, 'evicted')).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('"evicted"'),
    });
    expect(progress.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['planned', 'bounded', 'verdict']));
    expect(validate('report', report)).toEqual([]);
    for (const transcript of transcripts) {
      expect(isOfSchema('transcript', transcript)).toBe(true);
    }
  });

  it('leaves what its rules are promised', async () => {
    const { url } = await mini();
    const { transcripts } = await runServer(everything, optionsOf(url));
    const labels = (name: string) => labelsOf(transcriptOf(transcripts, name));
    expect(labels('read-through')).toEqual(['first']);
    expect(labels('cut-and-resume')).toEqual(['first', 'resume-by-header', 'resume-by-query', 'resume-both']);
    expect(labels('readers')).toHaveLength(20);
    expect(labels('readers').slice(12)).toEqual([
      ...['late', 'zero', 'empty-header', 'zero-query'],
      ...['seam-1', 'seam-2', 'seam-3', 'seam-4'],
    ]);
    expect(labels('replay-cut')).toEqual(['first', 'cut-during-replay', 'resume-after']);
    expect(labels('after-the-end').sort()).toEqual(
      ['first', 'at-end', 'at-end-by-query', 'below-end', 'middle', 'from-start', 'ahead-of-end'].sort(),
    );
    expect(labels('bad-cursor').length).toBeGreaterThan(15);
    expect(labels('unknown-cursor')).toEqual(['first', 'ahead', 'unknown-stream']);
    expect(labels('cap-reconnect')).toEqual(['first', 'second']);
    expect(labels('compression')).toEqual(['plain', 'packed']);
    expect(labels('head')).toEqual(['head', 'get-after-head']);
    expect(transcriptOf(transcripts, 'cut-and-resume').notes).toMatchObject({ cutAfterId: 3 });
    expect(transcriptOf(transcripts, 'after-the-end').notes).toMatchObject({ terminalId: 21 });
    expect(transcriptOf(transcripts, 'bad-cursor').notes).toMatchObject({ 'malformed-1': 'header: "abc"' });
    const both = createEvidence(transcripts).scenario('cut-and-resume')?.connection('resume-both');
    expect(both?.requestHeader('last-event-id')).toBe('3');
    expect(both?.request.url).toContain('last_event_id=1');
  });

  it('plays only what the selected requirements look at', async () => {
    const { url, requests } = await mini();
    const rules: Rules = { 'HTTP-001': ruleFrom(['read-through']), 'CAP-001': ruleFrom(['cap']) };
    const { transcripts, report } = await runServer(rules, optionsOf(url, { only: ['HTTP'] }));
    expect(transcripts.map(({ scenario }) => scenario)).toEqual(['read-through']);
    expect(requests).toHaveLength(1);
    expect(report.requirements.every(({ id }) => id.startsWith('HTTP-'))).toBe(true);
  });

  it('leaves out the cap when it is to be quick', async () => {
    const { url } = await mini();
    const rules: Rules = { 'HTTP-001': ruleFrom(['read-through']), 'CAP-001': ruleFrom(['cap']) };
    const { transcripts, report } = await runServer(rules, optionsOf(url, { quick: true }));
    expect(transcriptOf(transcripts, 'cap').outcome).toBe('skipped');
    expect(report.requirements.find(({ id }) => id === 'CAP-001')?.reason).toContain('quick');
  });

  it('judges stored transcripts to the same report', async () => {
    const { url } = await mini();
    const rules: Rules = {
      'HTTP-001': ruleFrom(['read-through'], (evidence) =>
        evidence.connections(['read-through']).map(({ scenario }) => right({ scenario })),
      ),
    };
    const options = optionsOf(url, { only: ['HTTP-001'] });
    const { report, transcripts } = await runServer(rules, options);
    expect(report).toMatchObject({ grade: 'C', conforms: true });
    const loaded = transcripts.map((transcript) => parseTranscript(JSON.stringify(transcript), 'x.json'));
    expect(judgeWith(rules, loaded, options)).toEqual(report);
  });

  it('plays a scenario again, once, whose verdict was inconclusive', async () => {
    const { url } = await mini();
    const rule: Rule = {
      ...ruleFrom(['accept'], ({ scenario }) => {
        const seen = scenario('accept');
        return seen === undefined ? [] : [wrong({ scenario: 'accept' }, 'in time', 'late')];
      }),
      timed: true,
    };
    const block = (progress: Progress): void => {
      // The event loop stands still while the scenario runs.
      if (progress.kind === 'scenario-started') {
        const until = performance.now() + 300;
        setTimeout(() => {
          while (performance.now() < until + 300);
        }, 0);
      }
    };
    const { report, transcripts } = await runServer(
      { 'HTTP-021': rule },
      optionsOf(url, { only: ['HTTP-021'] }),
      block,
    );
    expect(transcripts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(report.requirements[0]?.verdict).toBe('inconclusive');
    expect(report.notes.join(' ')).toContain('Repeated once');
  });
});

describe('the time of a run', () => {
  it('follows the cap that the target declares, and cuts what goes on past it', async () => {
    const { url } = await mini({ endless: true, chunks: 1e9 });
    const startedAtMs = performance.now();
    const { transcripts } = await runServer(everything, optionsOf(url));
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
    const end = transcriptOf(transcripts, 'cap').connections[0]?.end;
    expect(end).toMatchObject({ by: 'kit', kind: 'timeout' });
    expect(end?.atMs).toBeGreaterThan(2000);
  });

  it('is bounded by what the user allows', async () => {
    const { url } = await mini({ capMs: 60_000, chunks: 1e9 });
    const startedAtMs = performance.now();
    const { transcripts } = await runServer(everything, optionsOf(url, { timeoutMs: 700 }));
    expect(performance.now() - startedAtMs).toBeLessThan(2500);
    expect(transcriptOf(transcripts, 'cap')).toMatchObject({ outcome: 'timeout', reason: "the run's time was up" });
  });

  it('ends with the caller', async () => {
    const { url } = await mini({ capMs: 60_000, chunks: 1e9 });
    const stop = new AbortController();
    const running = runServer(everything, optionsOf(url, { signal: stop.signal }), ({ kind }) => {
      if (kind === 'bounded') stop.abort();
    });
    const { transcripts } = await running;
    expect(transcripts.some(({ outcome }) => outcome === 'timeout')).toBe(true);
  });

  it('gives way to a bound on open connections', async () => {
    const server = await mini({ chunks: 5, capMs: 300 });
    const rules: Rules = {
      'HTTP-001': ruleFrom(['read-through', 'cut-and-resume', 'compression', 'bad-cursor', 'accept', 'cap']),
    };
    const { transcripts } = await runServer(rules, optionsOf(server.url, { maxOpen: 3 }));
    expect(transcripts.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(server.mostOpen()).toBeLessThanOrEqual(3);
  });
});

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
      ['without', 401],
      ['without-resume', 401],
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
      ...Array.from({ length: 3 }, () => streamId),
    ]);
  });
});
