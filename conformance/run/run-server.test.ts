import { describe, expect, it } from 'vitest';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { parseTranscript } from '../evidence/store.js';
import type { Transcript } from '../evidence/types.js';
import { createEvidence } from '../evidence/views.js';
import { type Rule, right, wrong } from '../judge/rule.js';
import { serverScenarios } from '../server/scenarios/index.js';
import { judgeWith, type Rules } from './judge-with.js';
import { runServer } from './run-server.js';
import { everything, mini, optionsOf, ruleFrom, transcriptOf } from './testing/runs.js';
import type { Progress } from './types.js';

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
    expect(labels('cut-and-resume')).toEqual([
      'first',
      'resume-by-header',
      'resume-by-query',
      'resume-both',
      'resume-both-below',
    ]);
    expect(labels('readers')).toHaveLength(20);
    expect(labels('readers').slice(12)).toEqual([
      ...['late', 'zero', 'empty-header', 'zero-query'],
      ...['seam-1', 'seam-2', 'seam-3', 'seam-4'],
    ]);
    expect(labels('replay-cut')).toEqual(['first', 'cut-during-replay', 'resume-after']);
    expect(labels('after-the-end').sort()).toEqual(
      [
        ...['first', 'at-end', 'at-end-by-query', 'below-end', 'middle', 'from-start'],
        ...['ahead-of-end', 'one-ahead-of-end', 'later'],
      ].sort(),
    );
    expect(labels('bad-cursor').length).toBeGreaterThan(15);
    expect(labels('unknown-cursor')).toEqual(['first', 'ahead', 'unknown-stream']);
    expect(labels('cap-reconnect')).toEqual(['first', 'second']);
    expect(labels('compression')).toEqual(['plain', 'packed']);
    expect(labels('odd-stream-id')).toEqual(['odd-1', 'odd-2']);
    expect(labels('head')).toEqual(['head', 'get-after-head']);
    expect(transcriptOf(transcripts, 'cut-and-resume').notes).toMatchObject({ cutAfterId: 3 });
    expect(transcriptOf(transcripts, 'after-the-end').notes).toMatchObject({ terminalId: expect.any(Number) });
    expect(transcriptOf(transcripts, 'bad-cursor').notes).toMatchObject({ 'malformed-1': 'header: "abc"' });
    const both = createEvidence(transcripts).scenario('cut-and-resume')?.connection('resume-both');
    expect(both?.requestHeader('last-event-id')).toBe('3');
    expect(both?.request.url).toContain('last_event_id=1');
  });

  it('plays only what the selected requirements look at', async () => {
    const { url, requests } = await mini();
    const rules: Rules = { 'HTTP-001': ruleFrom(['accept']), 'CAP-001': ruleFrom(['cap']) };
    const { transcripts, report } = await runServer(rules, optionsOf(url, { only: ['HTTP'] }));
    expect(transcripts.map(({ scenario }) => scenario)).toEqual(['read-through', 'accept']);
    expect(requests).toHaveLength(4);
    expect(report.requirements.every(({ id }) => id.startsWith('HTTP-'))).toBe(true);
  });

  it('tells a failure of a long run before it has seen everything, and every verdict once', async () => {
    const { url } = await mini({ capMs: 60_000 });
    const rules: Rules = {
      'HTTP-021': ruleFrom(['accept'], () => [wrong({ scenario: 'accept' }, '406', '200')]),
      'CAP-001': ruleFrom(['cap'], () => [right({ scenario: 'cap' })]),
    };
    const told: string[] = [];
    const { report } = await runServer(rules, optionsOf(url), (progress) => {
      if (progress.kind === 'scenario-ended') told.push(progress.name);
      if (progress.kind === 'verdict') told.push(progress.requirement.id);
    });
    expect(told.indexOf('HTTP-021')).toBeLessThan(told.indexOf('cap'));
    expect(told.filter((name) => name === 'HTTP-021')).toHaveLength(1);
    expect(told.filter((name) => /^[A-Z]/.test(name))).toHaveLength(report.requirements.length);
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
    expect(transcripts.map(({ scenario, attempt }) => `${scenario} ${attempt}`).sort()).toEqual([
      'accept 1',
      'accept 2',
      'read-through 1',
    ]);
    expect(report.requirements[0]?.verdict).toBe('inconclusive');
    expect(report.notes.join(' ')).toContain('Repeated once');
  });
});

describe('the time of a run', () => {
  // A busy machine is given more time; without a bound these would last a minute and more.
  it('follows the cap that the target declares, and cuts what goes on past it', async () => {
    const { url } = await mini({ endless: true, chunks: 1e9 });
    const startedAtMs = performance.now();
    const { transcripts } = await runServer(everything, optionsOf(url));
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    const end = transcriptOf(transcripts, 'cap').connections[0]?.end;
    expect(end).toMatchObject({ by: 'kit', kind: 'timeout' });
    expect(end?.atMs).toBeGreaterThan(2000);
  });

  it('is bounded by what the user allows', async () => {
    const { url } = await mini({ capMs: 60_000, chunks: 1e9 });
    const startedAtMs = performance.now();
    const { transcripts } = await runServer(everything, optionsOf(url, { timeoutMs: 700 }));
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
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
