/** Starts a stream over a scripted transport and a fake clock, and writes down what it says. */
import { ResilientStream } from '../stream.js';
import type { Diagnostic, MetricName, StateChange, StreamEvent, StreamOptions } from '../types.js';
import { FakeClock, settle } from './fake-clock.js';
import { ScriptedTransport } from './scripted-transport.js';

export interface Started {
  readonly stream: ResilientStream;
  readonly clock: FakeClock;
  readonly server: ScriptedTransport;
  readonly events: StreamEvent[];
  readonly changes: StateChange[];
  readonly states: () => string[];
  readonly diagnostics: Diagnostic[];
  readonly metrics: Map<MetricName, number[]>;
}

export async function startStream(options: StreamOptions = {}, url = 'http://localhost/stream'): Promise<Started> {
  const clock = new FakeClock();
  const server = new ScriptedTransport();
  const events: StreamEvent[] = [];
  const changes: StateChange[] = [];
  const diagnostics: Diagnostic[] = [];
  const metrics = new Map<MetricName, number[]>();
  const stream = new ResilientStream(
    url,
    {
      clock,
      random: () => 0.5,
      onEvent: (event) => events.push(event),
      onState: (change) => changes.push(change),
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
      onMetric: (name, value) => metrics.set(name, [...(metrics.get(name) ?? []), value]),
      ...options,
    },
    server.transport,
  );
  stream.start();
  await settle();
  const states = () => changes.map((change) => change.state);
  return { stream, clock, server, events, changes, states, diagnostics, metrics };
}
