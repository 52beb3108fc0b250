/** Connections that a test plays by hand, one after the other. */
import type { ConnectionEnd, ConnectionRequest, ConnectionSink, Transport } from '../transport.js';

export class ScriptedConnection {
  readonly request: ConnectionRequest;
  readonly sink: ConnectionSink;
  closed = false;

  constructor(request: ConnectionRequest, sink: ConnectionSink) {
    this.request = request;
    this.sink = sink;
  }

  /** Heartbeat 0.2 s, silence 0.6 s unless said otherwise. */
  accept(headers: Readonly<Record<string, string>> = {}): this {
    const all: Readonly<Record<string, string>> = {
      'X-Heartbeat-Interval': '0.2',
      'X-Silence-Threshold': '0.6',
      'X-Trace-ID': 'trace-1',
      ...headers,
    };
    this.sink.accepted((name) => all[name] ?? null);
    return this;
  }

  chunk(id: number): this {
    this.sink.message('content_chunk', JSON.stringify({ content: `w${id}`, trace_id: 'trace-1' }), String(id));
    return this;
  }

  heartbeat(members: Readonly<Record<string, unknown>> = {}): this {
    this.sink.message('heartbeat', JSON.stringify({ trace_id: 'trace-1', ...members }), undefined);
    return this;
  }

  complete(id: number, reason = 'done'): this {
    this.sink.message('complete', JSON.stringify({ reason, trace_id: 'trace-1' }), String(id));
    return this;
  }

  end(end: ConnectionEnd = { kind: 'cut', message: 'the connection ended' }): void {
    this.sink.ended(end);
  }
}

export class ScriptedTransport {
  readonly connections: ScriptedConnection[] = [];

  readonly transport: Transport = (request, sink) => {
    const connection = new ScriptedConnection(request, sink);
    this.connections.push(connection);
    return () => {
      connection.closed = true;
    };
  };

  /** The newest connection; throws where there is none. */
  get last(): ScriptedConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) {
      throw new Error('no connection was opened yet');
    }
    return connection;
  }
}
