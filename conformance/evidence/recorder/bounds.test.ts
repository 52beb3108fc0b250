import type net from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRunBudgets } from './limits.js';
import { chunked, SSE_HEAD } from './testing/raw-server.js';
import { bodyOf, CHUNKED, get, record, recorderOf, serve } from './testing/recording.js';

describe('bounds', () => {
  const flood = (socket: net.Socket): void => {
    socket.write(`${SSE_HEAD}\r\n`);
    const more = (): void => {
      socket.write(Buffer.alloc(65_536, 'x'), () => socket.destroyed || more());
    };
    more();
  };

  it('end a body that is too long', async () => {
    const recorded = await record(flood, {}, { limits: { bodyBytes: 200_000 } });
    expect(recorded.end).toMatchObject({ by: 'kit', kind: 'limit' });
    expect(bodyOf(recorded).length).toBeLessThanOrEqual(200_000);
  });

  it('end a run that has taken in too much', async () => {
    const { end } = await record(flood, {}, { budgets: createRunBudgets(100_000) });
    expect(end).toMatchObject({ by: 'kit', kind: 'limit' });
  });

  it('end an event that is too long, and too many of them', async () => {
    const { end } = await record(flood, {}, { limits: { eventBytes: 100_000 } });
    expect(end).toMatchObject({ by: 'kit', kind: 'limit', detail: 'more than 100000 bytes without an event' });
    const many = (socket: net.Socket): boolean => socket.write(`${SSE_HEAD}\r\n${'data:\n\n'.repeat(50)}`);
    expect((await record(many, {}, { limits: { events: 20 } })).end).toMatchObject({ detail: 'more than 20 events' });
    const { end: spent } = await record(many, {}, { budgets: createRunBudgets(1e6, 40) });
    expect(spent).toMatchObject({ by: 'kit', kind: 'limit' });
  });

  it('end a body of too many arrivals', async () => {
    const many = Buffer.concat([Buffer.from(CHUNKED), ...Array.from({ length: 50 }, () => chunked('x'))]);
    const { end } = await record((socket) => socket.write(many), {}, { limits: { chunks: 20 } });
    expect(end).toMatchObject({ by: 'kit', kind: 'limit' });
  });

  it('end a compressed body that grows too much', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const recorded = await record(
      (socket) => socket.end(Buffer.concat([Buffer.from(`${SSE_HEAD}Content-Encoding: gzip\r\n\r\n`), bomb])),
      {},
      { limits: { bodyBytes: 1_000_000 } },
    );
    expect(recorded.end).toMatchObject({ by: 'kit', kind: 'limit' });
    expect(bodyOf(recorded).length).toBeLessThanOrEqual(1_000_000);
  });
});

describe('content codings', () => {
  const text = 'data: one\n\ndata: two\n\n';
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is undone', async (coding, body) => {
    const recorded = await record((socket) =>
      socket.end(Buffer.concat([Buffer.from(`${SSE_HEAD}Content-Encoding: ${coding}\r\n\r\n`), body])),
    );
    expect(bodyOf(recorded)).toBe(text);
    expect(recorded.end).toMatchObject({ by: 'target', kind: 'eof' });
  });

  it('a cut in the middle of one is a cut', async () => {
    const body = gzipSync(text);
    const recorded = await record((socket) =>
      socket.end(
        Buffer.concat([
          Buffer.from(`${CHUNKED.replace('\r\n\r\n', '\r\nContent-Encoding: gzip\r\n\r\n')}`),
          chunked(body.subarray(0, body.length - 8)),
        ]),
      ),
    );
    expect(bodyOf(recorded)).toBe(text);
    expect(recorded.end).toMatchObject({ by: 'target', kind: 'truncated' });
  });
});

describe('a slow reader', () => {
  it('stops reading and reads on', async () => {
    const total = 32 * 1024 * 1024;
    let written = 0;
    const server = await serve((socket) => {
      socket.write(`${SSE_HEAD}\r\n`);
      const more = (): void => {
        while (written < total) {
          written += 65_536;
          if (!socket.write(Buffer.alloc(65_536, 'x'))) {
            socket.once('drain', more);
            return;
          }
        }
        socket.end();
      };
      more();
    });
    const recorder = recorderOf({
      limits: { bodyBytes: 2 * total, eventBytes: 2 * total },
      budgets: createRunBudgets(2 * total),
    });
    const connection = recorder.open(get(server.url, { pauseAfterBytes: 65_536, timeoutMs: 20_000 }));
    await connection.response;
    const settled = await new Promise<number>((resolve) => {
      let before = -1;
      const look = setInterval(() => {
        if (before === written) {
          clearInterval(look);
          resolve(written);
        }
        before = written;
      }, 100);
    });
    expect(settled).toBeLessThan(total);
    connection.resume();
    expect(await connection.ended).toMatchObject({ by: 'target', kind: 'eof' });
    expect(recorder.recorded().map((recorded) => bodyOf(recorded).length)).toEqual([total]);
  });
});
