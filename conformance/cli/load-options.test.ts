import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../schemas/1.0/documents.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { defaultSla } from '../load/sla.js';
import type { LoadFlags } from './load.js';
import { readCount, readDuration, readNetworks, readPercent, readPid, readSeed, readSpan } from './load-numbers.js';
import { readLoadPlan, readSla, readThreads } from './load-options.js';

const flags = (given: Partial<LoadFlags>): LoadFlags => ({
  target: 'http://127.0.0.1:8080/stream',
  header: [],
  insecure: false,
  report: [],
  fast: false,
  ...given,
});

describe('numbers', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7', 7000],
    ['0', 0],
  ])('reads %s', (text, ms) => expect(readDuration(text)).toBe(ms));

  it.each([
    ['10%', 0.1],
    ['0', 0],
    ['100', 1],
    ['2.5%', 0.025],
  ])('reads %s', (text, share) => expect(readPercent(text)).toBe(share));

  it('reads networks', () => {
    expect(readNetworks('3g:20,4g:80')).toEqual([
      { network: '3g', percent: 20 },
      { network: '4g', percent: 80 },
    ]);
    expect(readNetworks('4G')).toEqual([{ network: '4g', percent: 100 }]);
    expect(readNetworks('none')).toEqual([]);
  });

  it.each([
    () => readDuration('10 s'),
    () => readDuration('-1s'),
    () => readDuration('9999h'),
    () => readSpan('0s'),
    () => readPercent('101%'),
    () => readPercent('ten'),
    () => readCount('0'),
    () => readCount('1.5'),
    () => readSeed('4294967296'),
    () => readPid('self'),
    () => readNetworks('5g'),
    () => readNetworks('3g:60,4g:60'),
    () => readNetworks('3g:1:2'),
  ])('refuses what is none, %#', (read) => expect(read).toThrow('Expected'));
});

describe('readLoadPlan', () => {
  it('has the presets of the resilience test report, and lets every option override them', () => {
    expect(readLoadPlan(flags({ preset: 'concurrent' }), {})).toMatchObject({
      streams: 100,
      events: 50,
      durationMs: null,
      network: [{ network: '4g', percent: 100 }],
      cutRate: 0.1,
    });
    expect(readLoadPlan(flags({ preset: 'sustained' }), {})).toMatchObject({ streams: 1000, durationMs: 1_800_000 });
    expect(
      readLoadPlan(flags({ preset: 'sustained', streams: 7, duration: 10_000, network: [], cutRate: 0, seed: 3 }), {}),
    ).toMatchObject({
      streams: 7,
      allStreams: 7,
      durationMs: 10_000,
      rampMs: 10_000,
      network: [],
      cutRate: 0,
      seed: 3,
    });
  });

  it('makes plans of the schema, with stream ids that nobody guesses', () => {
    const [one, other] = [readLoadPlan(flags({}), {}), readLoadPlan(flags({}), {})];
    expect(isOfSchema('load-plan', one)).toBe(true);
    expect(one.runId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.runId).not.toBe(other.runId);
    expect(one.seed).not.toBe(other.seed);
  });

  it('takes secrets from the environment', () => {
    expect(readLoadPlan(flags({ header: ['Authorization: Bearer $TOKEN'] }), { TOKEN: 'abc' }).headers).toEqual([
      ['Authorization', 'Bearer abc'],
    ]);
  });

  it.each<[Partial<LoadFlags>, string]>([
    [{ target: 'localhost:8080' }, 'write http:// or https://'],
    [{ fast: true }, '--fast is about the reference'],
    [{ duration: 1000, ramp: 2000 }, '--ramp: expected at most the time of --duration'],
    [{ header: ['Last-Event-ID: 1'] }, 'is set by the kit itself'],
    [{ ca: '/nowhere' }, 'cannot read the file "/nowhere"'],
  ])('refuses %j', (given, message) => expect(() => readLoadPlan(flags(given), {})).toThrow(message));

  it('asks for a target', () => {
    const { target: _, ...rest } = flags({});
    expect(() => readLoadPlan(rest, {})).toThrow('no target');
  });
});

describe('threads', () => {
  it('are as many as the streams are worth, or as asked for', () => {
    expect(readThreads(flags({}), readLoadPlan(flags({ streams: 10 }), {}))).toBe(1);
    expect(readThreads(flags({ threads: 3 }), readLoadPlan(flags({}), {}))).toBe(3);
  });
});

describe('readSla', () => {
  it("has the thresholds of the resilience test report, those of the schema's own example", () => {
    const { examples } = loadSchema('sla');
    const [example]: unknown[] = Array.isArray(examples) ? examples : [];
    const bare = { objectives: defaultSla.objectives.map(({ optional: _, ...objective }) => objective) };
    expect(example).toMatchObject(bare);
    expect(readSla(undefined)).toBe(defaultSla);
  });

  it('reads a file, and says what is wrong with one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sla-'));
    const file = join(folder, 'sla.json');
    const objective = { metric: 'p99_inter_event_latency_ms', bound: 'atMost', value: 100 };
    writeFileSync(file, JSON.stringify({ objectives: [objective] }));
    expect(readSla(file)).toEqual({ objectives: [objective] });
    writeFileSync(file, '{"objectives":[]}');
    expect(() => readSla(file)).toThrow('schema kit/sla');
    expect(() => readSla(join(folder, 'none'))).toThrow('ENOENT');
    rmSync(folder, { recursive: true });
  });
});
