/** Twins that break the requirements on clients of the chapter on heartbeats and silence. */
import type { FaultyClient } from './faulty-client.js';
import { blockFault, both, parameterFault, watchFault } from './seams.js';

/** The silence threshold made another; the interval stays. */
const thresholdTimes = (factor: number) =>
  parameterFault((name, value) => (name === 'x-silence-threshold' ? String(Number(value) * factor) : value));

const unnoticed = () => parameterFault((name, value) => (name === 'x-silence-threshold' ? '86400' : value));

export const heartbeatTwins: readonly FaultyClient[] = [
  {
    name: 'silence-not-noticed',
    breaks: 'HEARTBEAT-013',
    why: 'waits for ever on a silent connection',
    fault: unnoticed,
  },
  {
    name: 'silence-of-its-own',
    breaks: 'HEARTBEAT-013',
    why: 'takes 15 s for the silence threshold whatever is declared',
    fault: () => parameterFault((name, value) => (name === 'x-silence-threshold' ? '15' : value)),
  },
  {
    name: 'comments-are-life',
    breaks: 'HEARTBEAT-013',
    why: 'restarts its silence timer with comments',
    fault: () =>
      blockFault((lines) => (lines.some((line) => line.startsWith(': ')) ? ['event: x-c', 'data: {}'] : lines)),
  },
  {
    name: 'silence-is-the-end',
    breaks: 'HEARTBEAT-013',
    why: 'closes a silent connection and does not come back',
    fault: () =>
      both(
        unnoticed(),
        watchFault(() => true, { kind: 'media-type', mediaType: 'silence' }),
      ),
  },
  {
    name: 'impatient',
    breaks: 'HEARTBEAT-014',
    alsoBreaks: ['HTTP-037', 'STATE-004'],
    why: 'closes after half of the silence threshold',
    fault: () => thresholdTimes(0.5),
  },
  {
    name: 'heartbeats-are-silence',
    breaks: 'HEARTBEAT-015',
    why: 'restarts its silence timer with content alone',
    fault: () => watchFault((type) => type !== 'heartbeat' && !type.startsWith('x-')),
  },
  {
    name: 'content-is-silence',
    breaks: 'HEARTBEAT-015',
    why: 'restarts its silence timer with heartbeats alone',
    fault: () => watchFault((type) => type === 'heartbeat' || type.startsWith('x-')),
  },
  {
    name: 'silence-is-retried-late',
    breaks: 'HEARTBEAT-013',
    why: 'notices silence after four times the threshold',
    fault: () => thresholdTimes(4),
  },
];
