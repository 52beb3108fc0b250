/** The client as a user's process has it: nothing left behind, constant memory, and the reference server as its peer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { connectStream, type StateChange, type StreamEvent, type StreamOptions } from './index.js';
import { ReferenceServer } from './testing/reference-server.js';
import { chunk, complete, heartbeat, hold, ScriptedServer, status } from './testing/scripted-server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe('a process', () => {
  it.each([
    ['connecting', () => undefined],
    ['open', hold(heartbeat())],
    ['waiting', hold(heartbeat({ heartbeat_interval: 0.1, silence_threshold: 60 }))],
    ['reconnecting', status(503)],
    ['completed', hold(heartbeat(), complete(1))],
    ['failed', status(404)],
  ] as const)(
    'that ends its stream in the state %s has no timer and no socket left, and ends',
    async (when, answer) => {
      const server = await ScriptedServer.start(answer);
      stops.push(() => server.stop());
      const script = new URL('testing/closing-process.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, ['--import', 'tsx', script, server.url, when]);
      const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
      expect(errors).toBe('');
      const final = when === 'completed' || when === 'failed' ? when : 'closed';
      expect(JSON.parse(output)).toEqual({ state: final, timers: 0, sockets: 0 });
      expect(code).toBe(0);
    },
  );
});

describe('memory', () => {
  it('stays the same over 1,000,000 events', async () => {
    const count = 1_000_000;
    const perRead = 1000;
    const encoder = new TextEncoder();
    let next = 1;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const blocks = Array.from({ length: perRead }, (_, index) => chunk(next + index));
        next += perRead;
        controller.enqueue(encoder.encode(blocks.join('')));
        if (next > count) {
          controller.enqueue(encoder.encode(complete(next)));
          controller.close();
        }
      },
    });
    const headers = { 'Content-Type': 'text/event-stream' };
    const reading = connectStream('http://127.0.0.1/', {
      fetch: () => Promise.resolve(new Response(body, { headers })),
    });
    const usedBytes = heapMeter();
    let seen = 0;
    let earlyBytes = 0;
    for await (const event of reading) {
      seen += event.type === 'content_chunk' ? 1 : 0;
      if (seen === 100_000) {
        earlyBytes ||= usedBytes();
      }
    }
    expect(seen).toBe(count);
    // Half a byte an event would be more than this.
    expect(usedBytes() - earlyBytes).toBeLessThan(400_000);
  });
});

describe('with the reference server', () => {
  it('streams a whole answer', async () => {
    const { end, text: answer } = await ask((server) => server.url);
    expect(end).toMatchObject({ state: 'completed', reason: 'done', truncated: false });
    expect(answer).toMatch(/^A stream that can be trusted .* for a whole one\.$/);
  });

  it('shows a capped answer as truncated', async () => {
    const { end } = await ask((server) => server.occasions.cap);
    expect(end).toMatchObject({ state: 'completed', reason: 'duration_cap', truncated: true });
  });

  it('fails with the code of the server', async () => {
    const { end } = await ask((server) => server.occasions.error);
    expect(end).toMatchObject({ state: 'failed', code: 'model_overloaded' });
  });

  it('creates by POST, and resumes by GET what was cut', async () => {
    const requests: string[] = [];
    let cuts = 0;
    const cutting: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      requests.push(`${init?.method} ${new URL(String(input)).pathname}`);
      if (cuts === 2 || answer.body === null) {
        return answer;
      }
      cuts += 1;
      return new Response(answer.body.pipeThrough(cutAfter(5)), answer);
    };
    const {
      end,
      text: answer,
      ids,
    } = await ask((server) => server.occasions.create, {
      method: 'POST',
      streamId: false,
      fetch: cutting,
    });
    expect(end.state).toBe('completed');
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(answer).toMatch(/ for a whole one\.$/);
    expect(requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'GET', 'GET']);
  });
});

interface Asked {
  readonly end: StateChange;
  readonly text: string;
  readonly ids: readonly number[];
}

async function ask(
  address: (server: ReferenceServer) => string | undefined,
  options: StreamOptions = {},
): Promise<Asked> {
  const server = await ReferenceServer.start();
  stops.push(() => server.stop());
  const events: StreamEvent[] = [];
  const end = await new Promise<StateChange>((resolve) => {
    const open = connectStream(address(server) ?? '', {
      backoffBaseMs: 50,
      onEvent: (event) => events.push(event),
      onState: (change) => open.ended && resolve(change),
      ...options,
    });
  });
  return {
    end,
    text: events.map((event) => (event.type === 'content_chunk' ? event.content : '')).join(''),
    ids: events.flatMap(({ id }) => (id === null ? [] : [id])),
  };
}

/** Ends a body after so many reads, as a proxy does that has lost patience. */
function cutAfter(reads: number): TransformStream<Uint8Array, Uint8Array> {
  let left = reads;
  return new TransformStream({
    transform(bytes, controller) {
      controller.enqueue(bytes);
      left -= 1;
      if (left === 0) {
        controller.terminate();
      }
    },
  });
}

/** Gives the bytes in use after a full collection. */
function heapMeter(): () => number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') {
      collect();
    }
    return process.memoryUsage().heapUsed;
  };
}
