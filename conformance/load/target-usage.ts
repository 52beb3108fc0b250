/** Watches processor and memory of the target's process, from `/proc` where there is one. */
import { readFileSync } from 'node:fs';
import type { TargetUsage } from '../../schemas/1.0/types/load-report.js';

/** Linux counts processor time in these, whatever the kernel's own clock does (USER_HZ). */
const TICKS_PER_SECOND = 100;
const MIB = 1024 * 1024;
const MOST_STEPS = 5000;

export interface UsageWatch {
  readonly latest: { readonly cpuPercent: number; readonly memoryMb: number } | undefined;
  /** Ends the watch and tells what it saw. */
  stop(): TargetUsage;
}

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly memoryMb: number;
}

/** @param everyMs Step of the timeline. Never throws: what cannot be read is told in words. */
export function watchUsage(pid: number, everyMs: number): UsageWatch {
  const first = readSample(pid);
  if (first === undefined) return nothing(pid);
  let last = first;
  const usage: { cpu: number[]; memory: number[] } = { cpu: [], memory: [] };
  let peakMb = first.memoryMb;
  let latest: UsageWatch['latest'];
  let isGone = false;
  const look = () => {
    const sample = isGone ? undefined : readSample(pid);
    if (sample === undefined) {
      isGone = true;
      return;
    }
    const cpuPercent = percentBetween(last, sample);
    last = sample;
    peakMb = Math.max(peakMb, sample.memoryMb);
    latest = { cpuPercent, memoryMb: sample.memoryMb };
    if (usage.cpu.length >= MOST_STEPS) return;
    usage.cpu.push(cpuPercent);
    usage.memory.push(sample.memoryMb);
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    get latest() {
      return latest;
    },
    stop() {
      clearInterval(timer);
      look();
      return {
        pid,
        cpuPercent: percentBetween(first, last),
        memoryMb: round(peakMb),
        ...usage,
        ...(isGone ? { why: `The process ${pid} ended during the run.` } : {}),
      };
    },
  };
}

function nothing(pid: number): UsageWatch {
  const why = `Processor and memory of the process ${pid} are unknown: /proc/${pid}/stat cannot be read on this machine.`;
  return { latest: undefined, stop: () => ({ pid, cpuPercent: null, memoryMb: null, cpu: [], memory: [], why }) };
}

function percentBetween(before: Sample, after: Sample): number {
  const elapsedMs = after.atMs - before.atMs;
  return elapsedMs <= 0 ? 0 : round((100 * (after.cpuMs - before.cpuMs)) / elapsedMs);
}

function readSample(pid: number): Sample | undefined {
  try {
    // The second field is the name in brackets, that may hold blanks and brackets itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const resident = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return {
      atMs: performance.now(),
      cpuMs: (1000 * ticks) / TICKS_PER_SECOND,
      memoryMb: (Number(resident?.[1] ?? 0) * 1024) / MIB,
    };
  } catch {
    return undefined;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
