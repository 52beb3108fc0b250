import { describe, expect, test } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { commandDriver } from '../client/drivers/command.js';
import { wireOnlyDriver } from '../client/drivers/wire-only.js';
import { clientRuleBook } from '../client/rules/index.js';
import { type Rule, right, wrong } from '../judge/rule.js';
import { KitError } from '../kit-error.js';
import type { ClientProgress, ClientRunOptions } from './client-types.js';
import { judgeTranscripts } from './judge-transcripts.js';
import { runClient } from './run-client.js';
import { naiveDriver } from './testing/naive-client.js';

function optionsFor(varying: Pick<ClientRunOptions, 'driver'> & Partial<ClientRunOptions>): ClientRunOptions {
  return {
    spec: '1.0',
    level: 'Resume',
    only: [],
    strict: false,
    acceptUnobserved: [],
    quick: false,
    concurrency: 8,
    realTime: false,
    ...varying,
  };
}

function node(script: string) {
  return commandDriver({ command: `"${process.execPath}" -e "${script}"`, target: 'null client' });
}

describe('a client without a network passes nothing', () => {
  const lie = (line: string) => `console.log(JSON.stringify(${line}))`;
  test.each([
    ['ends at once', '', /^The client sent no request at all\.$/],
    ['breaks at once', "throw 'no such module'", /no request at all\. Its last words: Node\.js/],
    [
      'prints lies',
      `${lie("{ type: 'state', state: 'connecting' }")};${lie("{ type: 'state', state: 'open' }")};for (let id = 1; id < 9; id++) ${lie("{ type: 'event', event: 'content_chunk', id, data: '{}' }")};${lie("{ type: 'state', state: 'completed', reason: 'done' }")}`,
      /no request at all/,
    ],
    ['floods its output', "for (let i = 0; i < 1e3; i++) console.log('{}' + 'x'.repeat(999))", /no request at all/],
  ])('%s', async (_name, script, note) => {
    const { report, transcripts } = await runClient(clientRuleBook, optionsFor({ driver: node(script) }));
    expect(report.summary.pass).toBe(0);
    expect(report).toMatchObject({ grade: 'F', conforms: false, role: 'client', target: 'null client' });
    expect(report.notes).toContainEqual(expect.stringMatching(note));
    const { length } = transcripts.filter(({ outcome }) => outcome === 'skipped');
    expect(length).toBeGreaterThan(transcripts.length - 20);
  });

  test('hangs: the run is bounded', async () => {
    const driver = naiveDriver({ asks: false });
    const { report, transcripts } = await runClient(clientRuleBook, optionsFor({ driver, timeoutMs: 500 }));
    expect(report.summary.pass).toBe(0);
    expect(report.notes).toContain('The run was ended before every scenario had been played.');
    expect(transcripts.filter(({ outcome }) => outcome === 'timeout')).toHaveLength(driver.started.length);
    expect(driver.isClosed()).toBe(true);
  });
});

test('a client that never reads is bounded, and fails', async () => {
  const script = `const { connect } = require('node:net');const url = new URL(process.env.SSE_URL);const socket = connect(url.port, url.hostname);socket.pause();socket.on('error', () => 0);socket.write('GET ' + url.pathname + url.search + ' HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n');setInterval(() => 0, 1e6)`;
  const { report } = await runClient(
    clientRuleBook,
    optionsFor({ driver: node(script), only: ['RETRY-001', 'END-007'] }),
  );
  expect(report.summary.pass).toBe(0);
  expect(report.summary.fail).toBeGreaterThan(0);
}, 60_000);

const seen: Rule = {
  from: ['whole', 'status-404'],
  observes: 'Anything.',
  occasion: 'None.',
  mend: 'Nothing.',
  *judge(evidence) {
    for (const { scenario, label } of evidence.connections(['whole', 'status-404'])) {
      yield right({ scenario, connection: label });
    }
  },
};

test('only what the selected rules look at is played, and the transcripts give the same verdicts again', async () => {
  const driver = naiveDriver();
  const progress: ClientProgress[] = [];
  const options = optionsFor({ driver, only: ['RETRY-004'] });
  const { report, transcripts } = await runClient({ 'RETRY-004': seen }, options, (one) => progress.push(one));
  expect([...driver.started].sort()).toEqual(['status-404', 'whole']);
  expect(report.requirements).toMatchObject([{ id: 'RETRY-004', verdict: 'pass', sightings: 2 }]);
  expect(progress.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['planned', 'expected', 'bounded', 'scenario-started', 'scenario-ended', 'verdict']),
  );
  expect(transcripts.every((transcript) => isOfSchema('transcript', transcript))).toBe(true);
  expect(transcripts[0]).toMatchObject({
    role: 'client',
    notes: { driver: 'command', reports: true, ended: 'client', 'answer-1': expect.any(String) },
    process: { exitCode: 0 },
    reports: [{ report: { type: 'diagnostic' } }],
  });
  const again = await runClient(clientRuleBook, { ...options, driver: naiveDriver() });
  const { requirements } = judgeTranscripts(again.transcripts, options);
  expect(requirements).toEqual(again.report.requirements);
});

test('a lag of the kit is not blamed on the client: the scenario is repeated', async () => {
  let blocked = false;
  const driver = naiveDriver({
    before: () => {
      const untilMs = performance.now() + (blocked ? 0 : 400);
      while (performance.now() < untilMs) {
        blocked = true;
      }
    },
  });
  const late: Rule = {
    ...seen,
    timed: true,
    *judge(evidence) {
      const { attempt = 0 } = evidence.scenario('whole') ?? {};
      const at = { scenario: 'whole' };
      yield attempt === 2 ? right(at) : wrong(at, 'the second attempt', `attempt ${attempt}`);
    },
  };
  const options = optionsFor({ driver, only: ['RETRY-001'], concurrency: 1 });
  const { report } = await runClient({ 'RETRY-001': { ...late, from: ['whole'] } }, options);
  expect(driver.started).toEqual(['whole', 'whole']);
  expect(report.requirements).toMatchObject([{ verdict: 'pass' }]);
  expect(report.notes).toContainEqual(expect.stringContaining('Repeated once'));
});

test('a client that cannot be started ends the run and its driver', async () => {
  const driver = naiveDriver({
    before: () => {
      throw new KitError('usage', 'expected a client, got none');
    },
  });
  await expect(runClient(clientRuleBook, optionsFor({ driver }))).rejects.toThrow('expected a client, got none');
  expect(driver.isClosed()).toBe(true);
  await expect(runClient(clientRuleBook, optionsFor({ driver, only: ['CAP-001'] }))).rejects.toThrow(KitError);
});

test('where nothing is started every scenario is on offer, and the visited ones are judged', async () => {
  const stop = new AbortController();
  const options = optionsFor({ driver: wireOnlyDriver(), only: ['RETRY-002'], signal: stop.signal });
  const missed = 'status-504';
  const waitedFor = new Set<string>();
  const visit = async (url: string): Promise<void> => {
    const { status } = await fetch(url);
    if (status !== 200) {
      await (await fetch(url)).text();
    }
  };
  const onProgress = (progress: ClientProgress): void => {
    if (progress.kind === 'listening') {
      for (const { name, url } of progress.scenarios.filter((link) => link.name !== missed)) {
        waitedFor.add(name);
        void visit(url);
      }
    } else if (progress.kind === 'scenario-ended' && waitedFor.delete(progress.name) && waitedFor.size === 0) {
      stop.abort();
    }
  };
  const { report, transcripts } = await runClient(clientRuleBook, options, onProgress);
  expect(report.requirements).toMatchObject([{ id: 'RETRY-002', verdict: 'pass' }]);
  expect(report.notes).toContain('The client reports nothing: only what the wire shows was judged.');
  expect(transcripts.filter(({ outcome }) => outcome === 'skipped')).toMatchObject([
    { scenario: missed, reason: 'no client asked for this scenario' },
  ]);
  expect(transcripts.every(({ reports }) => reports === undefined)).toBe(true);
});
