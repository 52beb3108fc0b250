/**
 * Gathers what clients measure, for Prometheus: POST /measurements takes a JSON array of what `onMetric` was called
 * with, GET /metrics gives the metrics of the operations chapter. An example: put it behind your own host name.
 *
 *   PORT=8090 node collector.mjs
 */
import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A page that sends what it has measured in a minute needs far less. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_MEASUREMENTS = 1000;
/** The rate is that of the streams that ended in the last hour, to the minute. */
const WINDOW_MINUTES = 60;
const CATEGORIES = ['connection_lost', 'server_error', 'max_retries_exceeded'];

const registry = new Registry();
const registers = [registry];
const counters = new Map(
  Object.entries({
    sse_streams_started_total: 'Streams started.',
    sse_total_events_received: 'Events that arrived whole, duplicates and heartbeats included.',
    sse_duplicate_events_total: 'Events dropped as duplicates.',
    sse_message_loss_total: 'Ids that never arrived, of streams that ended.',
    sse_stall_detections_total: 'Times the silence threshold passed.',
  }).map(([name, help]) => [name, new Counter({ name, help, registers })]),
);
const errors = new Counter({
  name: 'sse_user_visible_errors_total',
  help: 'Errors shown to a user.',
  labelNames: ['category'],
  registers,
});
// A counter that appears with its first error has no value before it, and then the error is no increase.
for (const category of CATEGORIES) errors.inc({ category }, 0);
const reconnectTime = new Histogram({
  name: 'sse_reconnect_time_ms',
  help: 'From the detection of an interruption to the first event after it.',
  // The limits of the operations chapter, 4.2, 4.8 and 5 s, are bounds of buckets: near them nothing is interpolated.
  buckets: [100, 250, 500, 1000, 2000, 3000, 4200, 4800, 5000, 7500, 10_000, 30_000, 60_000],
  registers,
});

/** Rates of streams by the minute in which they ended. */
const ended = new Map();
new Gauge({
  name: 'sse_stream_completion_rate',
  help: 'Ids taken in / ids sent, percent, mean of the streams that ended in the last hour; NaN where none did.',
  registers,
  collect() {
    const oldest = Math.floor(Date.now() / 60_000) - WINDOW_MINUTES;
    let streams = 0;
    let percents = 0;
    for (const [minute, sum] of ended) {
      if (minute <= oldest) ended.delete(minute);
      else {
        streams += sum.streams;
        percents += sum.percents;
      }
    }
    this.set(percents / streams);
  },
});

/** Whoever can reach this can send anything: names and labels are ours, values are numbers that make sense. */
function take(measurement) {
  const [name, value, labels] = Array.isArray(measurement) ? measurement : [];
  if (!Number.isFinite(value) || value < 0) return;
  const counter = counters.get(name);
  if (counter) counter.inc(value);
  else if (name === 'sse_reconnect_time_ms') reconnectTime.observe(value);
  else if (name === 'sse_stream_completion_rate' && value <= 100) {
    const minute = Math.floor(Date.now() / 60_000);
    const { streams = 0, percents = 0 } = ended.get(minute) ?? {};
    ended.set(minute, { streams: streams + 1, percents: percents + value });
  } else if (name === 'sse_user_visible_errors_total' && CATEGORIES.includes(labels?.category)) {
    errors.inc({ category: labels.category }, value);
  }
}

/** The status of the answer. Throws where none is deserved. */
async function takeAll(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY_BYTES) throw new Error('too large');
  }
  try {
    const measurements = JSON.parse(text);
    if (!Array.isArray(measurements) || measurements.length > MAX_MEASUREMENTS) return 400;
    measurements.forEach(take);
    return 204;
  } catch {
    return 400;
  }
}

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/measurements') {
    takeAll(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  } else if (request.method === 'GET' && request.url === '/metrics') {
    registry.metrics().then(
      (text) => response.setHeader('Content-Type', registry.contentType).end(text),
      () => response.destroy(),
    );
  } else {
    response.writeHead(404).end();
  }
});
server.listen(Number(process.env.PORT ?? 8090), '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/` }));
});
