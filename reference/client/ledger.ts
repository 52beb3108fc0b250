/** Keeps what the measures of the operations chapter need: interruptions, ids sent and ids taken in. */
import type { Clock } from './clock.js';
import type { MetricLabels, MetricName } from './types.js';

type Measure = (name: MetricName, value: number, labels?: MetricLabels) => void;

// OPS-007
export class Ledger {
  readonly #clock: Clock;
  readonly #measure: Measure;
  /** When the interruption that is going on was detected. */
  #lostMs: number | null = null;
  /** The greatest id that the server is known to have sent. */
  #headId = 0;

  constructor(clock: Clock, measure: Measure) {
    this.#clock = clock;
    this.#measure = measure;
  }

  started(): void {
    this.#measure('sse_streams_started_total', 1);
  }

  /** An event came whole; the first after an interruption ends it. */
  received(): void {
    this.#measure('sse_total_events_received', 1);
    if (this.#lostMs !== null) {
      this.#measure('sse_reconnect_time_ms', this.#clock.now() - this.#lostMs);
      this.#lostMs = null;
    }
  }

  duplicate(): void {
    this.#measure('sse_duplicate_events_total', 1);
  }

  stalled(): void {
    this.#measure('sse_stall_detections_total', 1);
  }

  /** The connection was lost, and the user is told. */
  interrupted(): void {
    if (this.#lostMs === null) {
      this.#lostMs = this.#clock.now();
      this.#measure('sse_user_visible_errors_total', 1, { category: 'connection_lost' });
    }
  }

  /** A heartbeat named the newest id, or an event jumped to one. */
  sent(headId: unknown): void {
    if (typeof headId === 'number' && Number.isSafeInteger(headId)) {
      this.#headId = Math.max(this.#headId, headId);
    }
  }

  failed(code: string): void {
    const category = code === 'attempts' ? 'max_retries_exceeded' : 'server_error';
    this.#measure('sse_user_visible_errors_total', 1, { category });
  }

  /** The stream ended with this id as the highest taken in. */
  ended(mark: number): void {
    const sent = Math.max(this.#headId, mark);
    this.#measure('sse_message_loss_total', sent - mark);
    this.#measure('sse_stream_completion_rate', sent === 0 ? 100 : (mark / sent) * 100);
  }
}
