/** A small plan for tests, with what a test is about put over it. */
import type { LoadPlan } from '../types.js';

export function examplePlan(changed: Partial<LoadPlan>): LoadPlan {
  const streams = changed.streams ?? 4;
  return {
    target: 'http://127.0.0.1:1/stream',
    headers: [],
    streams,
    firstStream: 0,
    stride: 1,
    allStreams: streams,
    rampMs: 0,
    durationMs: null,
    events: null,
    network: [],
    cutRate: 0,
    slowReaders: 0,
    seed: 1,
    runId: '0123456789abcdef',
    answerTimeoutMs: 5000,
    bucketMs: 1000,
    ...changed,
  };
}
