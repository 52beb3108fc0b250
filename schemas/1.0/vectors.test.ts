/** Holds the vectors to their form, and those that follow from a formula to a second derivation. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isRecord } from './documents.js';
import { packageFile } from './package-root.js';
import {
  loadBackoffVectors,
  loadCursorVectors,
  loadParameterVectors,
  loadResumeVectors,
  loadVectorFiles,
  loadWireVectors,
  type Vectors,
} from './vectors.js';

const files = [...loadVectorFiles()];
const all: readonly { readonly name: string; readonly requirements?: readonly string[] }[] = files.flatMap(
  ([, file]): Vectors['vectors'][number][] => file.vectors,
);

test('there are enough of them', () => {
  expect(loadWireVectors().length).toBeGreaterThanOrEqual(150);
  expect(loadCursorVectors().length).toBeGreaterThanOrEqual(60);
});

test('every name is unique', () => {
  const names = all.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every file is named after its kind and topic', () => {
  for (const [name, { kind, topic }] of files) {
    expect(name).toBe(kind === 'wire' ? `wire-${topic}.json` : `${kind}.json`);
  }
});

test('every requirement that a vector names exists', () => {
  const index: unknown = JSON.parse(readFileSync(packageFile('spec', '1.0', 'requirements.json'), 'utf8'));
  const known = new Set(JSON.stringify(index).match(/[A-Z]+-[0-9]{3}/g));
  expect(known.size).toBeGreaterThan(100);
  expect(all.flatMap(({ requirements = [] }) => requirements).filter((id) => !known.has(id))).toEqual([]);
});

test('the text of a wire vector is its bytes', () => {
  for (const { name, bytes, text } of loadWireVectors()) {
    const decoded = Buffer.from(bytes, 'base64');
    if (text === undefined) {
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(decoded), name).toThrow();
    } else {
      expect(decoded.toString('base64'), name).toBe(bytes);
      expect(Buffer.from(text).toString('base64'), name).toBe(bytes);
    }
  }
});

describe('backoff', () => {
  test.each(loadBackoffVectors().map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { attempt, baseMs, capMs, retryMs, retryAfter, now, expect: window } = vector;
    const d = Math.min(baseMs * 2 ** attempt, capMs);
    const until =
      retryAfter === null ? 0 : /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : dateMs(retryAfter, now);
    const floor = Math.min(Math.max(retryMs ?? 0, until), 60_000);
    const most = Math.min(1.1 * d, capMs);
    expect(window.atLeastMs).toBeCloseTo(Math.max(0.5 * d, floor), 6);
    if (window.atMostMs === null) {
      expect(floor).toBeGreaterThan(most);
    } else {
      expect(window.atMostMs).toBeCloseTo(most, 6);
      expect(floor).toBeLessThanOrEqual(most);
    }
  });

  function dateMs(value: string, now: string | undefined): number {
    return / GMT$/.test(value) && now !== undefined ? Math.max(0, Date.parse(value) - Date.parse(now)) : 0;
  }
});

describe('cursor', () => {
  test.each(loadCursorVectors().map((vector) => [vector.name, vector] as const))(
    '%s',
    (_, { header, query, expect: decision }) => {
      const sent = header.map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ''));
      const inQuery = query
        .split('&')
        .map((pair) => pair.split('='))
        .filter(([name = '']) => percentDecode(name) === 'last_event_id')
        .map(([, value = '']) => percentDecode(value));
      const values = sent.join('') === '' ? inQuery : sent;
      const [value] = values;
      const wanted =
        value === undefined
          ? { cursor: null }
          : values.length === 1 && /^(?:0|[1-9][0-9]*)$/.test(value) && BigInt(value) < 2n ** 53n
            ? { cursor: Number(value) }
            : { status: 400 };
      expect(decision).toEqual(wanted);
    },
  );

  /** Bytes as Latin-1 characters: a malformed sequence must not throw here. */
  function percentDecode(text: string): string {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
});

describe('resume', () => {
  test.each(loadResumeVectors().map((vector) => [vector.name, vector] as const))(
    '%s',
    (_, { stream, cursor, expect: answer }) => {
      const after = cursor ?? 0;
      if (stream === null || after > stream.headId) {
        expect(answer).toEqual({ refusal: 'unknown_cursor' });
      } else if (after === stream.terminalId) {
        expect(answer).toEqual({ status: 204 });
      } else if (after + 1 < stream.earliestKept) {
        expect(answer).toEqual({ refusal: 'replay_gap', requested: after, earliestAvailable: stream.earliestKept });
      } else {
        const then = stream.terminalId === null ? 'live' : 'close';
        expect(answer).toEqual({ firstId: after + 1, lastId: stream.headId, then });
      }
    },
  );
});

describe('parameters', () => {
  const pairs = [
    ['heartbeatInterval', 'x-heartbeat-interval', 'heartbeat_interval', 5],
    ['silenceThreshold', 'x-silence-threshold', 'silence_threshold', 15],
    ['maxSeconds', 'x-stream-max-seconds', 'max_duration', 60],
  ] as const;

  test.each(loadParameterVectors().map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { headers, heartbeat, expect: wanted } = vector;
    const unusable: string[] = [];
    for (const [name, field, member, standard] of pairs) {
      const text = headers[field]?.trim();
      const isDecimal = text !== undefined && /^\d+(?:\.\d{1,3})?$/.test(text);
      const declared = [isDecimal ? Number(text) : Number.NaN, isRecord(heartbeat) ? heartbeat[member] : undefined];
      const [fromHeader, fromHeartbeat] = declared.map((value) => (isUsable(value) ? value : undefined));
      expect(wanted[name]).toBe(fromHeartbeat ?? fromHeader ?? standard);
      unusable.push(...(text !== undefined && fromHeader === undefined ? [field] : []));
      unusable.push(...(heartbeat?.[member] !== undefined && fromHeartbeat === undefined ? [member] : []));
    }
    expect([...wanted.unusable].sort()).toEqual(unusable.sort());
  });

  function isUsable(value: unknown): value is number {
    return typeof value === 'number' && value >= 0.05 && value <= 86_400;
  }
});
