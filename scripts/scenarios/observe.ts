/** Runs the reference client to its end and writes down what a user would have seen. Runs in Node and in a page. */
import { connectStream, isFinal, type MetricName, StreamError } from '../../reference/client/index.js';
import { messageOf } from '../../reference/react/presentation.js';
import { afterChange, IDLE } from '../../reference/react/snapshot.js';

export interface Observation {
  /** Ids of delivered events, in order of delivery. */
  readonly ids: number[];
  readonly duplicates: number;
  readonly lost: number;
  readonly stalls: number;
  /** From each detection to the first event after it. */
  readonly reconnectsMs: number[];
  /** Of each reconnection attempt. */
  readonly delaysMs: number[];
  readonly states: string[];
  /** What was shown, each once in a row. */
  readonly messages: string[];
  readonly state: string;
  readonly durationMs: number;
}

export interface ObserveOptions {
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  readonly silenceThreshold: number;
  readonly heartbeatInterval: number;
}

/** `onEvent` hears how many ids were delivered so far. */
export function observe(url: string, options: ObserveOptions, onEvent: (count: number) => void): Promise<Observation> {
  const startedMs = performance.now();
  const seen: Omit<Observation, 'state' | 'durationMs' | 'duplicates' | 'lost' | 'stalls'> = {
    ids: [],
    reconnectsMs: [],
    delaysMs: [],
    states: [],
    messages: [],
  };
  const sums = new Map<MetricName, number>();
  let snapshot = IDLE;
  return new Promise((resolve) => {
    connectStream(url, {
      ...options,
      onEvent: ({ id }) => {
        if (id !== null) {
          seen.ids.push(id);
          onEvent(seen.ids.length);
        }
      },
      onMetric: (name, value) => {
        if (name === 'sse_reconnect_time_ms') seen.reconnectsMs.push(value);
        else sums.set(name, (sums.get(name) ?? 0) + value);
      },
      onState: (change) => {
        const { state, delayMs, code, message } = change;
        const error = state === 'failed' ? new StreamError(code ?? '', message ?? '', false) : null;
        snapshot = { ...afterChange(snapshot, change, Date.now()), error };
        seen.states.push(state);
        if (delayMs !== undefined) seen.delaysMs.push(delayMs);
        const shown = messageOf(snapshot);
        if (shown !== '' && shown !== seen.messages.at(-1)) seen.messages.push(shown);
        if (isFinal(state)) {
          resolve({
            ...seen,
            state,
            duplicates: sums.get('sse_duplicate_events_total') ?? 0,
            lost: sums.get('sse_message_loss_total') ?? 0,
            stalls: sums.get('sse_stall_detections_total') ?? 0,
            durationMs: performance.now() - startedMs,
          });
        }
      },
    });
  });
}
