import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DelayLine } from './delay-line.js';

describe('DelayLine', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  function start(network: { readonly bytesPerMs: number; readonly latencyMs: number; readonly jitter: number }) {
    const seen: string[] = [];
    const line = new DelayLine(
      network,
      {
        onBytes: (bytes) => seen.push(`${bytes.toString()} at ${Math.round(performance.now())}`),
        onEnd: () => seen.push(`end at ${Math.round(performance.now())}`),
        pause: () => seen.push('pause'),
        resume: () => seen.push('resume'),
      },
      () => 0.5,
    );
    return { line, seen };
  }

  it('hands on after the latency, at the rate, in order, and the end last', async () => {
    const { line, seen } = start({ bytesPerMs: 1, latencyMs: 100, jitter: 0 });
    const shared = Buffer.from('abc');
    line.push(shared, 0);
    shared.fill('x');
    line.push(Buffer.from('defg'), 0);
    line.end(0);
    expect(line.isEmpty).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual(['abc at 103', 'defg at 107', 'end at 107']);
    expect(line.isEmpty).toBe(true);
  });

  it('is not read beyond its bound, and again when half of that is gone', async () => {
    const { line, seen } = start({ bytesPerMs: 10, latencyMs: 0, jitter: 0 });
    line.push(Buffer.alloc(20_000, 'a'), 0);
    expect(seen).toEqual(['pause']);
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.filter((one) => one === 'resume')).toHaveLength(1);
    expect(seen.indexOf('resume')).toBeGreaterThan(5);
  });

  it('drops what is under way when it is closed', async () => {
    const { line, seen } = start({ bytesPerMs: 1, latencyMs: 10, jitter: 0 });
    line.push(Buffer.from('a'), 0);
    line.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([]);
  });
});
