import { describe, expect, test } from 'vitest';
import { LINE_BYTES } from './limits.js';
import { LineSplitter } from './line-splitter.js';
import { ReportIntake } from './report-intake.js';

function splitAt(size: number, text: string): readonly unknown[] {
  const values: unknown[] = [];
  const splitter = new LineSplitter((value) => values.push(value));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    splitter.push(bytes.subarray(at, at + size));
  }
  splitter.finish();
  return values;
}

describe('lines', () => {
  test.each([1, 2, 7, 1_000])('that are JSON objects are found in reads of %d bytes', (size) => {
    const text = '{"a":"ü"}\nnot this\n[1]\n{"broken":\n\r\n  {"b":2}\r\n{"c":3}';
    expect(splitAt(size, text)).toEqual([{ a: 'ü' }, { b: 2 }, { c: 3 }]);
  });

  test('that are too long are dropped, and the next one is read', () => {
    const long = `{"a":"${'x'.repeat(LINE_BYTES)}"}`;
    expect(splitAt(65_536, `${long}\n{"b":2}\n`)).toEqual([{ b: 2 }]);
  });
});

describe('reports', () => {
  test('of the four types are kept, anything else is counted', () => {
    const intake = new ReportIntake();
    const reports = [
      { type: 'event', event: 'content_chunk', id: '1', data: '{}' },
      { type: 'state', state: 'open', attempt: 0 },
      { type: 'error', code: 'gap' },
      { type: 'diagnostic', message: 'm', own: 1 },
    ];
    for (const value of [...reports, null, 'text', [], { type: 'event' }, { type: 'other' }, { state: 'open' }]) {
      intake.take({ atMs: 1, value });
    }
    expect(intake.reports).toEqual(reports.map((report) => ({ atMs: 1, report })));
    expect(intake.ignored).toBe(6);
  });

  test.each([
    ['text', 'x'.repeat(20_000), 20_000],
    ['an object', { content: 'x'.repeat(20_000) }, 20_014],
  ])('keep the head of long data: %s', (_name, data, length) => {
    const intake = new ReportIntake();
    intake.take({ atMs: 1, value: { type: 'event', event: 'e', data } });
    const [kept] = intake.reports;
    expect(kept?.report).toMatchObject({ dataCut: true, dataLength: length });
    expect(String(kept?.report.data)).toHaveLength(1_024);
  });

  test('tell whether the client is still at it', () => {
    const intake = new ReportIntake();
    const seen = ['connecting', 'open', 'waiting', 'reconnecting', 'completed', 'of my own'].map((state) => {
      intake.take({ atMs: 1, value: { type: 'state', state } });
      return intake.isBusy();
    });
    expect(seen).toEqual([true, true, true, true, false, false]);
  });
});
