import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { findLoadFormat, loadFormatNames } from './load-formats.js';
import { loadStyleDigest, loadStyleSheet } from './load-style.js';
import { measureColumns } from './printable.js';
import { loadReport } from './testing/load-report.js';

const context = { columns: 100, colour: false, unicode: true, verbose: false };
const render = async (name: (typeof loadFormatNames)[number], changed: Partial<typeof context> = {}) =>
  (await findLoadFormat(name).load())(loadReport, { ...context, ...changed });

it('has an example of its schemas', () => {
  expect(isOfSchema('metrics', loadReport)).toBe(true);
  expect(isOfSchema('load-report', loadReport.load)).toBe(true);
});

describe.each(loadFormatNames)('%s', (name) => {
  it('ends with a line feed and lets no target steer the reader', async () => {
    const text = await render(name);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toContain('\x1b');
    if (name === 'html') expect(text).not.toContain('<script');
  });

  it('holds no number that is none', async () => {
    expect(await render(name)).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });
});

describe('terminal', () => {
  it.each([80, 100, 120])('fits into %i columns', async (columns) => {
    const lines = (await render('terminal', { columns })).split('\n');
    expect(lines.filter((line) => measureColumns(line) > columns)).toEqual([]);
  });

  it('tells verdict, objectives, loss and seed', async () => {
    const text = await render('terminal');
    for (const part of [
      '1 of 3 objectives missed, 1 finding',
      'at most 4,800',
      '1 lost',
      'seed 7',
      'lost REPLAY-006',
    ]) {
      expect(text).toContain(part);
    }
    expect(await render('terminal', { unicode: false })).not.toMatch(/[✔✘·–…─]/);
  });
});

describe('html', () => {
  it('allows its own style sheet and nothing else', async () => {
    expect(loadStyleDigest).toBe(createHash('sha256').update(loadStyleSheet).digest('base64'));
    expect(await render('html')).toContain(`style-src 'sha256-${loadStyleDigest}'`);
  });

  it('draws a plot for everything that was measured', async () => {
    const text = await render('html');
    expect(text.match(/<svg/g)).toHaveLength(12);
    expect(text).toContain('aria-label="Streams: open at most');
  });
});

describe('prometheus', () => {
  it('has the names of the resilience test report, and seconds for the rest', async () => {
    const text = await render('prometheus');
    expect(text).toContain('\nsse_message_loss_total 1\n');
    expect(text).toContain('\nsse_reconnect_time_ms{quantile="0.95"} 1900\n');
    expect(text).toContain('\nsse_load_time_to_first_event_seconds{quantile="0.5"} 0.012\n');
    expect(text).toContain('sse_load_objectives_met{metric="p99_reconnect_time_ms",bound="atMost"} 0\n');
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(samples.filter((line) => !/^[a-z_]+(?:\{(?:[a-z]+="[^"]*",?)+\})? -?[0-9.e+-]+$/.test(line))).toEqual([]);
  });
});
