/** A page that was hidden, frozen or offline, and comes back. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from './testing/fake-clock.js';
import { startStream } from './testing/start.js';

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  turn(visibilityState: DocumentVisibilityState): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;

beforeEach(() => {
  page = new Page();
  const window = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('dispatchEvent', window.dispatchEvent.bind(window));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a hidden page', () => {
  it('keeps its stream', async () => {
    const { server, states } = await startStream();
    server.last.accept().chunk(1);
    page.turn('hidden');
    await settle();
    expect(server.last.closed).toBe(false);
    expect(states().at(-1)).toBe('open');
  });
});

describe('a page that wakes up', () => {
  it('takes in what has arrived before it judges the silence', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().heartbeat();
    page.turn('hidden');
    await clock.freeze(30_000);
    page.turn('visible');
    server.last.chunk(1);
    await clock.advance(100);
    expect(states()).toEqual(['connecting', 'open']);
  });

  it('reconnects at once where nothing has', async () => {
    const { server, clock, changes } = await startStream();
    server.last.accept().heartbeat();
    page.turn('hidden');
    await clock.freeze(30_000);
    page.turn('visible');
    await clock.advance(60);
    expect(changes.map(({ state }) => state)).toEqual(['connecting', 'open', 'reconnecting', 'connecting']);
    expect(changes[2]?.delayMs).toBe(0);
    expect(server.connections).toHaveLength(2);
  });

  it.each(['visible', 'online', 'pageshow'])(
    'skips a delay that is running on %s, but counts the attempt',
    async (by) => {
      const { server, changes } = await startStream();
      server.last.accept().chunk(1).end();
      if (by === 'visible') {
        page.turn('visible');
      } else {
        dispatchEvent(Object.assign(new Event(by), { persisted: true }));
      }
      await settle();
      expect(server.connections).toHaveLength(2);
      expect(changes.at(-1)).toMatchObject({ state: 'connecting', attempt: 1 });
    },
  );

  it('does not skip what the server has asked for', async () => {
    const { server, clock } = await startStream();
    server.last.accept().chunk(1);
    server.last.sink.retry(3000);
    server.last.end();
    await clock.advance(1000);
    page.turn('visible');
    await clock.advance(1900);
    expect(server.connections).toHaveLength(1);
    await clock.advance(200);
    expect(server.connections).toHaveLength(2);
  });

  it('does nothing any more after close()', async () => {
    const { stream, server, clock } = await startStream();
    server.last.accept().chunk(1).end();
    stream.close();
    page.turn('visible');
    dispatchEvent(new Event('online'));
    await clock.advance(10_000);
    expect(server.connections).toHaveLength(1);
  });
});
