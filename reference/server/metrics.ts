/** What the server counts, under the names of the operations chapter, for Prometheus. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CloseCause } from './reader.js';

export class ServerMetrics {
  readonly registry = new Registry();
  readonly #started = this.#counter('sse_streams_started_total', 'Streams created.');
  readonly #resumed = this.#counter('sse_resumptions_total', 'Connections that carried a cursor.');
  readonly #ended = new Counter({
    name: 'sse_streams_ended_total',
    help: 'Streams that got their terminal event here, by type and by reason or code.',
    labelNames: ['type', 'outcome'],
    registers: [this.registry],
  });
  readonly #appended = this.#counter('sse_events_appended_total', 'Events given to the store.');
  readonly #sent = new Counter({
    name: 'sse_events_sent_total',
    help: 'Events written to connections, by type.',
    labelNames: ['type'],
    registers: [this.registry],
  });
  readonly #connections = new Gauge({
    name: 'sse_open_connections',
    help: 'Connections that carry a stream now.',
    registers: [this.registry],
  });
  readonly #closed = new Counter({
    name: 'sse_connections_closed_total',
    help: 'Connections that carried a stream, by why they closed.',
    labelNames: ['cause'],
    registers: [this.registry],
  });
  readonly #refused = new Counter({
    name: 'sse_requests_refused_total',
    help: 'Requests refused before a stream started, by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly #errors = this.#counter('sse_user_visible_errors_total', 'Terminal events of type error.');
  readonly #slow = this.#counter(
    'sse_slow_client_disconnects_total',
    'Connections closed because the reader was too slow.',
  );
  readonly #duration = new Histogram({
    name: 'sse_stream_duration_seconds',
    help: 'Life of streams from creation to terminal event.',
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    registers: [this.registry],
  });

  streamStarted(): void {
    this.#started.inc();
  }

  streamResumed(): void {
    this.#resumed.inc();
  }

  streamEnded(type: 'complete' | 'error', outcome: string, seconds: number): void {
    this.#ended.inc({ type, outcome });
    this.#duration.observe(seconds);
    if (type === 'error') this.#errors.inc();
  }

  eventAppended(): void {
    this.#appended.inc();
  }

  eventSent(type: string): void {
    this.#sent.inc({ type });
  }

  connectionOpened(): void {
    this.#connections.inc();
  }

  connectionClosed(cause: CloseCause): void {
    this.#connections.dec();
    this.#closed.inc({ cause });
    if (cause === 'client_too_slow') this.#slow.inc();
  }

  requestRefused(code: string): void {
    this.#refused.inc({ code });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }
}
