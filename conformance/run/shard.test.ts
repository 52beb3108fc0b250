import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientRuleBook } from '../client/rules/index.js';
import { clientScenarios } from '../client/scenarios/index.js';
import { scenario } from '../evidence/fixture.js';
import { serverRuleBook } from '../server/rules/index.js';
import { serverScenarios } from '../server/scenarios/index.js';
import { readRequirements } from '../spec/read-spec.js';
import { planClientScenarios } from './client-plan.js';
import { judgeTranscripts } from './judge-transcripts.js';
import { planScenarios } from './plan.js';
import { runServer } from './run-server.js';
import { mergeShards, type Shard, type ShardRun, takeShard } from './shard.js';
import { mini, optionsOf } from './testing/runs.js';
import type { RunResult } from './types.js';

const asked = { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [] } as const;

function shardRun(index: number, count: number, more: Partial<ShardRun> = {}): ShardRun {
  const transcripts = [scenario(`part-${index}`, [])];
  const frame = { kit: '0.1.0', spec: '1.0', role: 'server', target: 'http://target.test/stream' } as const;
  const own = { ...asked, only: [], acceptUnobserved: [] };
  return { ...frame, shard: { index, count }, asked: own, notes: [], transcripts, ...more };
}

describe('takeShard', () => {
  it('deals out every scenario once, the same way each time', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.integer({ min: 1, max: 12 }), (scenarios, wanted) => {
        const count = Math.min(wanted, scenarios.length);
        const shards = Array.from({ length: count }, (_, index) => takeShard(scenarios, { index: index + 1, count }));
        expect(shards.flat().sort()).toEqual([...scenarios].sort());
        const sizes = shards.map((shard) => shard.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses shards that would be empty', () => {
    expect(() => takeShard(['one', 'two'], { index: 1, count: 3 })).toThrow(/at most .* 2, got 3/);
  });
});

describe('plans of shards', () => {
  const requirements = readRequirements('1.0');
  const shards: readonly Shard[] = [1, 2, 3].map((index) => ({ index, count: 3 }));

  it('cover every scenario of a server once, and shut it down in the last', () => {
    const target = optionsOf('http://target.test/').target;
    const plans = shards.map((shard) =>
      planScenarios(serverScenarios, requirements, serverRuleBook, {
        target,
        quick: false,
        shutdown: () => Promise.resolve(),
        shard,
      }),
    );
    const names = plans.flatMap(({ first, rest, last, skipped }) =>
      [...first, ...rest, ...last, ...skipped].map((one) => one.scenario.name),
    );
    expect(names.sort()).toEqual(serverScenarios.map(({ name }) => name).sort());
    expect(plans.map(({ last }) => last.length)).toEqual([0, 0, 1]);
    expect(plans.every(({ first }) => first.length > 0)).toBe(true);
  });

  it('cover every scenario of a client once, in about the same time', () => {
    const options = { quick: true, concurrency: 4, everything: true, endsByItself: true };
    const plans = shards.map((shard) =>
      planClientScenarios(clientScenarios, requirements, clientRuleBook, { ...options, shard }),
    );
    const names = plans.flatMap(({ scenarios, skipped }) => [
      ...scenarios.map(({ name }) => name),
      ...skipped.map((one) => one.scenario.name),
    ]);
    expect(names.sort()).toEqual(clientScenarios.map(({ name }) => name).sort());
    const lengths = plans.map(({ expectedMs }) => expectedMs);
    expect(Math.max(...lengths)).toBeLessThan(2 * Math.min(...lengths));
  });
});

describe('mergeShards', () => {
  it('brings transcripts and notes together', () => {
    const merged = mergeShards([shardRun(2, 2, { notes: ['a', 'b'] }), shardRun(1, 2, { notes: ['a'] })]);
    expect(merged.transcripts.map((one) => one.scenario)).toEqual(['part-1', 'part-2']);
    expect(merged.options).toEqual({ ...asked, notes: ['a', 'b'] });
  });

  it('takes servers on free ports of this machine for one target, and no others', () => {
    const at = (target: string, index: number) => shardRun(index, 2, { target });
    const { transcripts } = mergeShards([at('http://127.0.0.1:8001/s?a=1', 1), at('http://127.0.0.1:8002/s?a=1', 2)]);
    expect(transcripts.map(({ target }) => target)).toEqual(Array(2).fill('http://127.0.0.1:8001/s?a=1'));
    expect(() => mergeShards([at('http://127.0.0.1:8001/s', 1), at('http://127.0.0.1:8002/t', 2)])).toThrow(/target/);
    expect(() => mergeShards([at('http://a.test:81/', 1), at('http://a.test:82/', 2)])).toThrow(/got the target/);
  });

  it.each<[string, ShardRun[], RegExp]>([
    ['no file', [], /at least one/],
    ['a missing shard', [shardRun(1, 3), shardRun(3, 3)], /all 3 shards, 2 missing/],
    ['a shard twice', [shardRun(1, 2), shardRun(2, 2), shardRun(2, 2)], /shard 2 twice/],
    ['another number of shards', [shardRun(1, 2), shardRun(2, 3)], /number of shards 2 in shard 1 and 3 in shard 2/],
    [
      'another level',
      [shardRun(1, 2), shardRun(2, 2, { asked: { ...shardRun(1, 1).asked, level: 'Core' } })],
      /options/,
    ],
    ['another kit', [shardRun(1, 2), shardRun(2, 2, { kit: '0.2.0' })], /kit 0\.1\.0 .* 0\.2\.0/],
    ['a role', [shardRun(1, 2), shardRun(2, 2, { role: 'client' })], /role/],
    ['a scenario in two', [shardRun(1, 2), shardRun(2, 2, { transcripts: [scenario('part-1', [])] })], /two shards/],
  ])('refuses %s', (_, shards, complaint) => {
    expect(() => mergeShards(shards)).toThrow(complaint);
  });

  it('gives the report of a run that was not split', async () => {
    const { url } = await mini();
    const options = { ...optionsOf(url), level: 'Resume' } as const;
    const whole = await runServer(serverRuleBook, options);
    const runs = await Promise.all(
      [1, 2, 3].map(async (index): Promise<ShardRun> => {
        const shard = { index, count: 3 };
        return asShard(await runServer(serverRuleBook, { ...options, shard }), shard);
      }),
    );
    const merged = mergeShards(runs);
    const report = judgeTranscripts(merged.transcripts, merged.options);
    // Times differ from run to run: what is judged by them may, on a busy machine.
    const verdicts = (of: RunResult['report']) =>
      of.requirements
        .filter(({ id }) => Object.entries(serverRuleBook).find(([key]) => key === id)?.[1]?.timed !== true)
        .map(({ id, verdict, reason }) => ({ id, verdict, reason }));
    expect(verdicts(report)).toEqual(verdicts(whole.report));
    expect(report.notes).toEqual(whole.report.notes);
    expect(new Set(whole.report.requirements.map(({ verdict }) => verdict)).size).toBeGreaterThan(2);
    // The same evidence, split and brought together again, gives the same to the last number.
    const split = [1, 2].map((index) =>
      asShard({ ...whole, transcripts: takeShard(whole.transcripts, { index, count: 2 }) }, { index, count: 2 }),
    );
    const rejoined = mergeShards(split);
    const sorted = [...whole.transcripts].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    expect(judgeTranscripts(rejoined.transcripts, rejoined.options)).toEqual(
      judgeTranscripts(sorted, { ...whole.report.asked, notes: whole.notes }),
    );
  });
});

function nameOf(one: { readonly scenario: string; readonly attempt: number }): string {
  return `${one.scenario}.${one.attempt}`;
}

function asShard({ report, transcripts, notes }: RunResult, shard: Shard): ShardRun {
  const { kit, spec, role, target, asked: own } = report;
  return { kit, spec, role, target, shard, asked: own, notes: [...notes], transcripts };
}
