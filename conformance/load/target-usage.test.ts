import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { watchUsage } from './target-usage.js';

describe('watchUsage', () => {
  it.skipIf(!existsSync('/proc/self/stat'))('measures processor and memory of a process', () => {
    const watch = watchUsage(process.pid, 60_000);
    const until = performance.now() + 60;
    while (performance.now() < until);
    const { pid, cpuPercent, memoryMb, cpu, why } = watch.stop();
    expect(pid).toBe(process.pid);
    expect(cpuPercent).toBeGreaterThan(0);
    expect(memoryMb).toBeGreaterThan(10);
    expect(cpu).toHaveLength(1);
    expect(why).toBeUndefined();
    expect(watch.latest?.memoryMb).toBeGreaterThan(10);
  });

  it('says in words that nothing is known of a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const usage = watchUsage(pid, 60_000).stop();
    expect(usage).toMatchObject({ cpuPercent: null, memoryMb: null, cpu: [] });
    expect(usage.why).toContain(`process ${pid} are unknown`);
  });
});
