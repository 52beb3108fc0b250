/** What the server counts, under the names of the operations chapter, for Prometheus. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CloseCause } from './reader.js';

// OPS-006
export class ServerMetrics {
  readonly registry = new Registry();
  readonly #started = this.#counter('sse_streams_started_total', 'Streams created.');
  readonly #resumed = this.#counter('sse_resumptions_total', 'Connections with a cursor that were served.');
  readonly #ended = this.#counter(
    'sse_streams_ended_total',
    'Streams that got their terminal event here, by type and by reason or code.',
    ['type', 'outcome'],
  );
  /** Counted by hand, as this is done for every event of every connection. */
  #appended = 0;
  readonly #sent = new Map<string, number>();
  readonly #connections = new Gauge({
    name: 'sse_open_connections',
    help: 'Connections that carry a stream now.',
    registers: [this.registry],
  });
  readonly #closed = this.#counter(
    'sse_connections_closed_total',
    'Connections that carried a stream, by why they closed.',
    ['cause'],
  );
  readonly #refused = this.#counter(
    'sse_requests_refused_total',
    'Requests refused before a stream started, by code.',
    ['code'],
  );
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

  constructor() {
    const sent = this.#sent;
    const appended = (): number => this.#appended;
    new Counter({
      name: 'sse_events_appended_total',
      help: 'Events with an id appended to streams.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(appended());
      },
    });
    new Counter({
      name: 'sse_events_sent_total',
      help: 'Events written to connections, by type.',
      labelNames: ['type'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [type, count] of sent) this.inc({ type }, count);
      },
    });
  }

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
    this.#appended += 1;
  }

  eventSent(type: string): void {
    this.#sent.set(type, (this.#sent.get(type) ?? 0) + 1);
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

  #counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
