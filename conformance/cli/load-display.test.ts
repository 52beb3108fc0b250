import { describe, expect, it } from 'vitest';
import { recordMs } from '../load/histograms.js';
import { Tally } from '../load/tally.js';
import { examplePlan } from '../load/testing/example-plan.js';
import type { LoadResult } from '../load/types.js';
import { sampleOf } from './load-dashboard.js';
import { frame, startLoadDisplay } from './load-display.js';

const plan = examplePlan({ streams: 1000, durationMs: 60_000, seed: 7 });

function progress(): LoadResult {
  const tally = new Tally(1000);
  Object.assign(tally.counts, { streamsStarted: 1000, eventsReceived: 12_345, bytes: 2_000_000, lost: 1 });
  for (const [step, events] of [4000, 5000, 10].entries()) {
    tally.moveTo(step * 1000);
    tally.plot('events', events);
    tally.plotLevel('open', 990 + step);
  }
  recordMs(tally.histograms.interEvent, 12);
  tally.find('lost', { streamId: 's', connection: 1, atMs: 1 }, 'gone');
  tally.fail('HTTP 503');
  return tally.toResult({
    name: 'one',
    outcome: 'whole',
    streams: 1000,
    startedAt: '2026-11-21T12:00:00.000Z',
    durationMs: 3000,
    busy: 0.25,
    lagP99Ms: 2,
    lagMaxMs: 3,
    memoryBytes: 1,
  });
}

/** What is written to a terminal, or to a log. */
function show(isTerminal: boolean, elapsed: number): string {
  let written = '';
  const output = {
    columns: 80,
    write: (text: string | Uint8Array) => {
      written += String(text);
      return true;
    },
  };
  const facts = { isTerminal, columns: 80, colour: false, unicode: true };
  const display = startLoadDisplay(output, facts, plan, undefined);
  for (let nth = 0; nth < elapsed; nth += 1) display.onProgress(progress());
  display.stop();
  return written;
}

describe('the live view', () => {
  it('tells rates, percentiles and what went wrong, by the last whole second', () => {
    const lines = frame(progress(), plan, 3000, { latest: { cpuPercent: 31, memoryMb: 88.4 }, stop: () => usage });
    expect(lines[0]).toBe('3.0 s, 57.0 s left: 992 streams open, 5,000 events/s');
    expect(lines.join('\n')).toContain('between two  p50 12.0 ms');
    expect(lines.join('\n')).toContain('target       31 % of a core, 88 MiB');
    expect(lines.join('\n')).toContain('found        1 lost');
    expect(lines.at(-1)).toContain('HTTP 503');
  });

  it('draws over itself on a terminal, and gives the cursor back', () => {
    const written = show(true, 2);
    expect(written).toContain('seed 7');
    expect(written).toContain('\x1b[9A');
    expect(written.endsWith('\x1b[?25h')).toBe(true);
  });

  it('writes no control characters into a log', () => expect(show(false, 2)).not.toContain('\x1b'));

  it('gives the page the same figures, and null for what is not known', () => {
    expect(sampleOf(progress(), 3000, undefined)).toMatchObject({
      eventsPerSecond: 5000,
      open: 992,
      lost: 1,
      findings: 1,
      failedRequests: 1,
      reconnectP95: null,
      cpuPercent: null,
    });
  });
});

const usage = { pid: 1, cpuPercent: 31, memoryMb: 88, cpu: [], memory: [] };
