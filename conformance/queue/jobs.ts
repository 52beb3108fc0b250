/** What travels through the queue, and how it is checked on the other side. */
import { isRecord } from '../../schemas/1.0/documents.js';
import type { KitErrorCode } from '../kit-error.js';

/** `load-share`: a share of a load plan. `fleet-target`: a server to grade. */
export type JobKind = 'load-share' | 'fleet-target';

export interface Job {
  readonly kind: JobKind;
  /** Checked by whoever does it. */
  readonly task: unknown;
}

/** The data of a job in the queue. */
export interface QueuedJob {
  readonly run: string;
  readonly task: unknown;
}

/** What a worker tells while it works. */
export interface JobProgress {
  readonly worker: string;
  readonly soFar?: unknown;
}

/** What it hands back. `after` is the worker whose job it took over. */
export type JobAnswer = { readonly worker: string; readonly after?: string } & (
  | { readonly value: unknown; readonly fault?: never }
  | { readonly fault: JobFault; readonly value?: never }
);

interface JobFault {
  readonly code: KitErrorCode;
  readonly message: string;
}

/** What became of a job. */
export type JobEnd =
  | { readonly state: 'answered'; readonly answer: JobAnswer }
  | { readonly state: 'lost'; readonly why: string };

export function readQueuedJob(data: unknown): QueuedJob | undefined {
  return isRecord(data) && typeof data.run === 'string' ? { run: data.run, task: data.task } : undefined;
}

export function readProgress(progress: unknown): JobProgress | undefined {
  return isRecord(progress) && typeof progress.worker === 'string'
    ? { worker: progress.worker, soFar: progress.soFar }
    : undefined;
}

export function readAnswer(value: unknown): JobAnswer | undefined {
  if (!isRecord(value) || typeof value.worker !== 'string') return undefined;
  const who = { worker: value.worker, ...(typeof value.after === 'string' ? { after: value.after } : {}) };
  const { fault } = value;
  if (!isRecord(fault)) return { ...who, value: value.value };
  const code = codes.find((known) => known === fault.code) ?? 'kit';
  return { ...who, fault: { code, message: String(fault.message) } };
}

const codes = ['usage', 'unreachable', 'kit'] as const satisfies readonly KitErrorCode[];
