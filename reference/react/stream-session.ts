/** One stream after the other for a component: a store of snapshots that React can subscribe to. */
import { connectStream, type StateChange, StreamError, type StreamEvent, type StreamOptions } from '../client/index.js';
import { afterChange, type CompleteData, type HeartbeatData, IDLE, type StreamSnapshot } from './snapshot.js';

/** What the application hears, besides the snapshots. */
export interface StreamCallbacks {
  /** Once for each piece of the content, in order. */
  readonly onContent?: (content: string) => void;
  /** The stream completed; `truncated` says that the answer is not whole. `data` is empty where the server answered 204. */
  readonly onComplete?: (data: CompleteData, outcome: { reason: string | null; truncated: boolean }) => void;
  readonly onError?: (error: StreamError) => void;
  readonly onHeartbeat?: (data: HeartbeatData) => void;
  readonly onState?: (change: StateChange) => void;
  /** Every event, those of the other callbacks included. */
  readonly onEvent?: (event: StreamEvent) => void;
}

type Stream = ReturnType<typeof connectStream>;

export class StreamSession {
  #snapshot: StreamSnapshot = IDLE;
  #stream: Stream | undefined;
  #isNotifying = false;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): StreamSnapshot => this.#snapshot;

  /** Starts a stream in place of the one before. Its request goes out after this turn: stopped by then, it never does. */
  start(url: string, options: StreamOptions, callbacks: () => StreamCallbacks): void {
    this.#abandon();
    this.#update(IDLE);
    let complete: CompleteData = {};
    const isCurrent = () => this.#stream === stream;
    const stream = connectStream(url, {
      ...options,
      onEvent: (event) => {
        if (isCurrent()) {
          complete = event.type === 'complete' ? event.data : complete;
          this.#take(event, stream, callbacks());
        }
      },
      onState: (change) => {
        if (isCurrent()) {
          this.#change(change, complete, stream, callbacks());
        }
      },
    });
    this.#stream = stream;
  }

  /** Closes the stream; what was shown stays. */
  stop(): void {
    this.#stream?.close();
  }

  /** Closes the stream without a word: its component is gone, or asks something else. */
  readonly dispose = (): void => this.#abandon();

  #abandon(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.close();
  }

  #take(event: StreamEvent, stream: Stream, callbacks: StreamCallbacks): void {
    const { content } = this.#snapshot;
    const nowMs = Date.now();
    this.#update({
      ...this.#snapshot,
      traceId: stream.traceId,
      streamId: stream.streamId,
      lastMessageTime: nowMs,
      content: event.type === 'content_chunk' ? content + event.content : content,
      ...(event.type === 'heartbeat' ? { heartbeat: event.data, heartbeatTime: nowMs } : {}),
    });
    callbacks.onEvent?.(event);
    if (event.type === 'content_chunk') {
      callbacks.onContent?.(event.content);
    } else if (event.type === 'heartbeat') {
      callbacks.onHeartbeat?.(event.data);
    }
  }

  #change(change: StateChange, complete: CompleteData, stream: Stream, callbacks: StreamCallbacks): void {
    const { state, code = '', message = '', reason = null, truncated = false } = change;
    const error = state === 'failed' ? new StreamError(code, message, change.retryable ?? false) : null;
    this.#update({
      ...afterChange(this.#snapshot, change, Date.now()),
      traceId: stream.traceId,
      streamId: stream.streamId,
      error,
    });
    callbacks.onState?.(change);
    if (state === 'completed') {
      callbacks.onComplete?.(complete, { reason, truncated });
    } else if (error !== null) {
      callbacks.onError?.(error);
    }
  }

  /** Tells React once for all that one read has brought, so that a replay of thousands of events is one rendering. */
  #update(snapshot: StreamSnapshot): void {
    this.#snapshot = snapshot;
    if (!this.#isNotifying) {
      this.#isNotifying = true;
      queueMicrotask(() => {
        this.#isNotifying = false;
        for (const listener of this.#listeners) {
          listener();
        }
      });
    }
  }
}
