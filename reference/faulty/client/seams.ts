/** Ways to stand between the parts of the reference client. */
import type { Print } from '../../client/report-lines.js';
import type { ConnectionEnd, ConnectionRequest, ConnectionSink, Transport } from '../../client/transport.js';
import type { ClientFault, Fetch } from './faulty-client.js';

type Line = Readonly<Record<string, unknown>>;

/** Changes what a connection hands to the stream; `change` is called for each connection. */
export function sinkFault(
  change: (sink: ConnectionSink, request: ConnectionRequest, print: Print) => Partial<ConnectionSink>,
): ClientFault {
  return {
    transport: (next, print) => (request, sink, clock) =>
      next(request, { ...sink, ...change(sink, request, print) }, clock),
  };
}

/** Changes how the end of a connection is taken. */
export function endFault(change: (end: ConnectionEnd, wasOpen: boolean) => ConnectionEnd): ClientFault {
  return sinkFault((sink) => {
    let wasOpen = false;
    return {
      accepted: (header) => {
        wasOpen = true;
        sink.accepted(header);
      },
      ended: (end) => sink.ended(change(end, wasOpen)),
    };
  });
}

/** Changes requests before they are sent; `count` is 0 for the first. */
export function requestFault(change: (request: ConnectionRequest, count: number) => ConnectionRequest): ClientFault {
  let count = -1;
  const transport = (next: Transport): Transport => {
    return (request, sink, clock) => {
      count += 1;
      return next(change(request, count), sink, clock);
    };
  };
  return { transport };
}

/** Changes the header fields of requests. */
export function headerFault(change: (headers: Headers, count: number) => void): ClientFault {
  return requestFault((request, count) => {
    const headers = new Headers(request.headers);
    change(headers, count);
    return { ...request, headers };
  });
}

/** Changes the parameters of the stream as the client reads them, in headers and in heartbeats. */
export function parameterFault(change: (name: string, value: string) => string): ClientFault {
  return sinkFault((sink) => ({
    accepted: (header) =>
      sink.accepted((name) => {
        const value = header(name);
        return value === null ? null : change(name.toLowerCase(), value);
      }),
    message: (type, data, id) =>
      sink.message(type, type === 'heartbeat' ? withMembers(data, (name, value) => member(name, value)) : data, id),
  }));

  function member(name: string, value: unknown): unknown {
    const header = MEMBERS.get(name);
    return header === undefined || typeof value !== 'number' ? value : Number(change(header, String(value)));
  }
}

const MEMBERS = new Map([
  ['heartbeat_interval', 'x-heartbeat-interval'],
  ['silence_threshold', 'x-silence-threshold'],
]);

/** Data with each member replaced; data that are no object stay as they are. */
export function withMembers(data: string, change: (name: string, value: unknown) => unknown): string {
  const value = objectIn(data);
  return value === undefined
    ? data
    : JSON.stringify(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(name, one)])));
}

export function objectIn(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Changes the lines that are printed: each may become any number of lines. */
export function lineFault(change: (line: Line) => readonly Line[]): ClientFault {
  return {
    lines: (next) => (line) => {
      for (const changed of change(line)) {
        next(changed);
      }
    },
  };
}

/** Leaves out the states that `leave` says, and those that would then come twice in a row. */
export function withoutStates(leave: (state: string, before: string) => boolean): ClientFault {
  let said = '';
  let before = '';
  return lineFault((line) => {
    if (line.type !== 'state') {
      return [line];
    }
    const state = String(line.state);
    const left = leave(state, before) || state === said;
    before = state;
    said = left ? said : state;
    return left ? [] : [line];
  });
}

/** Rewrites the bytes of every event stream; `create` is called for each answer, `finish` gives what is left. */
export function bodyFault(
  create: () => { readonly take: (chunk: Uint8Array) => Uint8Array; readonly finish?: () => Uint8Array },
): ClientFault {
  const wrap = (next: Fetch): Fetch => {
    return async (input, init) => {
      const response = await next(input, init);
      if (response.status !== 200 || response.body === null) {
        return response;
      }
      const { take, finish } = create();
      const rewriting = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => controller.enqueue(take(chunk)),
        flush: (controller) => controller.enqueue(finish?.() ?? new Uint8Array(0)),
      });
      return new Response(response.body.pipeThrough(rewriting), { status: 200, headers: response.headers });
    };
  };
  return { fetch: wrap };
}

/** Rewrites blocks: the lines between two blank ones. What is left at the end is no block. */
export function blockFault(change: (lines: readonly string[]) => readonly string[]): ClientFault {
  return bodyFault(() => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const encoder = new TextEncoder();
    let pending = '';
    return {
      take(chunk) {
        pending += decoder.decode(chunk, { stream: true });
        const blocks = pending.split('\n\n');
        pending = blocks.pop() ?? '';
        return encoder.encode(blocks.map((block) => `${change(block.split('\n')).join('\n')}\n\n`).join(''));
      },
      finish: () => encoder.encode(pending),
    };
  });
}

const CUT: ConnectionEnd = { kind: 'cut', message: 'silent' };

/** Both faults: what the second changes the first sees. */
export function both(outer: ClientFault, inner: ClientFault): ClientFault {
  return {
    ...inner,
    ...outer,
    transport: (next, print) => {
      const wrapped = inner.transport?.(next, print) ?? next;
      return outer.transport?.(wrapped, print) ?? wrapped;
    },
  };
}

/** Breaks the connection off where no event of some kind has come for the declared threshold. */
export function watchFault(isLife: (type: string) => boolean, end: ConnectionEnd = CUT): ClientFault {
  return {
    transport: (next) => (request, sink, clock) => {
      let thresholdMs = 15_000;
      let cancel = (): void => undefined;
      let close = (): void => undefined;
      const arm = (): void => {
        cancel();
        cancel = clock.after(thresholdMs, () => {
          close();
          sink.ended(end);
        });
      };
      const stop = next(
        request,
        {
          ...sink,
          accepted(header) {
            thresholdMs = Number(header('X-Silence-Threshold') ?? 15) * 1000 || thresholdMs;
            sink.accepted(header);
            arm();
          },
          message(type, data, id) {
            if (isLife(type)) {
              arm();
            }
            return sink.message(type, data, id);
          },
        },
        clock,
      );
      close = () => {
        cancel();
        stop();
      };
      return close;
    },
  };
}
