/** What the generations and the readers of one handler share. */
import type { Logger } from 'pino';
import { encodeText, type OutgoingEvent } from './events.js';
import type { ServerMetrics } from './metrics.js';
import { Frame } from './outlet.js';
import type { ServerProtocol } from './protocol.js';
import type { StreamStore } from './store.js';
import type { Settings, StoredEvent, StreamRecord } from './types.js';

export interface Engine {
  readonly protocol: ServerProtocol;
  readonly settings: Settings;
  readonly store: StreamStore;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  readonly random: () => number;
  /** Milliseconds since the epoch, monotonic within the process. */
  readonly now: () => number;
  /** The bytes of an event. */
  readonly frame: (event: OutgoingEvent) => Frame;
}

/** Remembers the last event alone: a broadcast writes one event to all its readers before the next one comes. */
export function createFramer(protocol: ServerProtocol): Engine['frame'] {
  const plain = protocol.encodeText === encodeText;
  let last: OutgoingEvent | undefined;
  let frame = new Frame('');
  return (event) => {
    if (last !== event) {
      last = event;
      const text = protocol.formatEvent(event);
      frame = new Frame(plain ? text : protocol.encodeText(text));
    }
    return frame;
  };
}

export type TerminalDraft =
  | { readonly type: 'complete'; readonly reason: string; readonly members?: object }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly retryable: boolean };

/** Writes the terminal event of a stream, unless another writer was first. True when this call ended it. */
export async function endStream(engine: Engine, key: string, draft: TerminalDraft): Promise<boolean> {
  const { store } = engine;
  for (;;) {
    const state = await store.find(key);
    if (!state || state.ended) return false;
    const { record, headId } = state;
    // END-001: the store takes one terminal event, with the next id, whoever is first.
    const event: StoredEvent = { id: headId + 1, type: draft.type, data: terminalData(engine, record, headId, draft) };
    if (await store.end(key, event)) {
      const outcome = draft.type === 'error' ? draft.code : draft.reason;
      engine.metrics.eventAppended();
      engine.metrics.streamEnded(draft.type, outcome, (engine.now() - record.createdAtMs) / 1000);
      engine.log.info(
        { trace_id: record.traceId, stream_id: record.streamId, outcome, chunks: headId },
        'stream ended',
      );
      return true;
    }
  }
}

/** Ends a stream whose writer is gone. Of all replicas that notice one writes. */
export async function endAbandoned(engine: Engine, key: string): Promise<boolean> {
  if (!(await engine.store.isAbandoned(key))) return false;
  const message = 'The server that wrote this stream is gone; start a new one.';
  return endStream(engine, key, { type: 'error', code: 'generation_failed', message, retryable: true });
}

function terminalData(engine: Engine, record: StreamRecord, headId: number, draft: TerminalDraft): string {
  const { protocol } = engine;
  const { traceId } = record;
  if (draft.type === 'error') {
    return protocol.encodeData(protocol.errorData({ ...draft, traceId, members: { seq: headId + 1 } }));
  }
  const input = { reason: draft.reason, record, headId, nowMs: engine.now() };
  const data = protocol.encodeData(protocol.completeData({ ...input, members: draft.members ?? {} }));
  const fits = Buffer.byteLength(data) < protocol.maxEventBytes - 100;
  return fits ? data : protocol.encodeData(protocol.completeData({ ...input, members: {} }));
}
