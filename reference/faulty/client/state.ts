/** Twins that break the requirements on clients of the chapters on states and on trace ids. */
import type { FaultyClient } from './faulty-client.js';
import { headerFault, lineFault, parameterFault, withoutStates } from './seams.js';

const FINAL = ['completed', 'failed', 'closed'];

export const stateTwins: readonly FaultyClient[] = [
  {
    name: 'connected',
    breaks: 'STATE-001',
    alsoBreaks: ['STATE-005'],
    why: 'calls the state open by another name',
    fault: () => lineFault((line) => [line.state === 'open' ? { ...line, state: 'connected' } : line]),
  },
  {
    name: 'idle-in-between',
    breaks: 'STATE-002',
    why: 'is idle between a lost connection and the next',
    fault: () => lineFault((line) => (line.state === 'reconnecting' ? [{ ...line, state: 'idle' }, line] : [line])),
  },
  {
    name: 'fails-out-of-reconnecting',
    breaks: 'STATE-002',
    why: 'goes from open to failed by way of reconnecting',
    fault: () =>
      lineFault((line) =>
        line.state === 'failed' ? [{ type: 'state', state: 'reconnecting', attempt: 6 }, line] : [line],
      ),
  },
  {
    name: 'connecting-not-announced',
    breaks: 'STATE-002',
    why: 'announces reconnecting and then open',
    fault: () => withoutStates((state) => state === 'connecting'),
  },
  {
    name: 'announces-twice',
    breaks: 'STATE-003',
    why: 'announces open twice',
    fault: () => lineFault((line) => (line.state === 'open' ? [line, line] : [line])),
  },
  {
    name: 'waiting-not-announced',
    breaks: 'STATE-004',
    why: 'does not announce waiting',
    fault: () => withoutStates((state) => state === 'waiting'),
  },
  {
    name: 'waiting-too-early',
    breaks: 'STATE-004',
    alsoBreaks: ['HTTP-037'],
    why: 'announces waiting after one interval',
    fault: () => parameterFault((name, value) => (name === 'x-heartbeat-interval' ? String(Number(value) / 2) : value)),
  },
  {
    name: 'recovery-not-announced',
    breaks: 'STATE-005',
    alsoBreaks: ['STATE-002'],
    why: 'does not announce open when an event arrives in waiting',
    fault: () => withoutStates((state, before) => state === 'open' && before === 'waiting'),
  },
  {
    name: 'reconnecting-not-announced',
    breaks: 'STATE-006',
    alsoBreaks: ['STATE-002', 'RETRY-010'],
    why: 'goes from open to connecting',
    fault: () => withoutStates((state) => state === 'reconnecting'),
  },
  {
    name: 'failed-after-completed',
    breaks: 'STATE-007',
    why: 'announces failed after completed',
    fault: () =>
      lineFault((line) => (line.state === 'completed' ? [line, { ...line, state: 'failed', code: 'closed' }] : [line])),
  },
  {
    name: 'end-not-announced',
    breaks: 'STATE-007',
    alsoBreaks: ['END-011'],
    why: 'announces no final state when the stream is complete',
    fault: () => lineFault((line) => (line.state === 'completed' ? [] : [line])),
  },
  {
    name: 'fails-silently',
    breaks: 'STATE-008',
    alsoBreaks: ['DEDUPE-006'],
    why: 'announces no failure',
    fault: () => lineFault((line) => (line.state === 'failed' || line.type === 'error' ? [] : [line])),
  },
  {
    name: 'fails-without-a-code',
    breaks: 'STATE-008',
    alsoBreaks: ['DEDUPE-006', 'END-013', 'EVENT-025'],
    why: 'announces failure and no cause',
    fault: () =>
      lineFault((line) =>
        line.type === 'error'
          ? []
          : [line.state === 'failed' ? { ...line, code: undefined, reason: undefined, message: undefined } : line],
      ),
  },
  {
    name: 'one-code-for-all',
    breaks: 'STATE-008',
    alsoBreaks: ['DEDUPE-006', 'END-013'],
    why: 'fails with the same code whatever the cause',
    fault: () =>
      lineFault((line) => [
        line.type === 'error' || line.state === 'failed' ? { ...line, code: 'error', reason: 'error' } : line,
      ]),
  },
  {
    name: 'calls-back-after-the-end',
    breaks: 'STATE-009',
    why: 'delivers an event when the stream is over',
    fault: () => ({
      lines: (next) => (line) => {
        next(line);
        if (FINAL.includes(String(line.state))) {
          setTimeout(() => next({ type: 'event', event: 'heartbeat', id: null, data: {} }), 300);
        }
      },
    }),
  },
  {
    name: 'closes-when-hidden',
    breaks: 'STATE-010',
    inPage: true,
    why: 'closes the stream when its page is hidden',
    fault: () => ({ onHide: 'close' }),
  },
  {
    name: 'sleeps-on',
    breaks: 'STATE-011',
    inPage: true,
    why: 'takes no notice when its page wakes up',
    fault: () => ({ options: { wake: false } }),
  },
  {
    name: 'trace-id-for-each-request',
    breaks: 'TRACE-008',
    why: 'draws a trace id for each request',
    fault: () => headerFault((headers) => headers.set('X-Trace-ID', crypto.randomUUID())),
  },
];
