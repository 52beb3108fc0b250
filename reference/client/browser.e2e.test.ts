/** The client in Chromium, over `fetch` and over the browser's own EventSource. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../scripts/testing/needs.js';
import { type Browser, launchBrowser } from './testing/browser.js';
import { bundleClient, page } from './testing/page-answers.js';
import {
  type Answer,
  chunk,
  complete,
  heartbeat,
  hold,
  ScriptedServer,
  status,
  stream,
  truncate,
} from './testing/scripted-server.js';

const chromium = needs('chromium');

interface Outcome {
  readonly events: { type: string; id: number | null }[];
  readonly states: string[];
  readonly end: Record<string, unknown>;
}

describe.skipIf(!chromium.met)('in Chromium', () => {
  let browser: Browser;
  let script: string;
  let server: ScriptedServer | undefined;
  let tab: Page | undefined;

  beforeAll(async () => {
    [browser, script] = await Promise.all([launchBrowser(), bundleClient()]);
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await tab?.close();
    await server?.stop();
  });

  /** Opens a page, runs a stream there to its final state, and gives what the page heard. */
  async function run(transport: 'fetch' | 'eventsource', ...answers: readonly Answer[]): Promise<Outcome> {
    server = await ScriptedServer.start(page(script), ...answers);
    tab = await browser.context.newPage();
    await tab.route('**/favicon.ico', (route) => route.abort());
    await tab.goto(server.url);
    const outcome: Outcome = await tab.evaluate(`new Promise((resolve) => {
      const events = [];
      const states = [];
      const stream = client.connectStream('/stream', {
        transport: '${transport}',
        backoffBaseMs: 50,
        maxReconnectAttempts: 2,
        onEvent: ({ type, id }) => events.push({ type, id }),
        onState: (change) => {
          states.push(change.state);
          if (client.isFinal(change.state)) resolve({ events, states, end: change });
        },
      });
    })`);
    return outcome;
  }

  const asked = () => server?.requests.slice(1) ?? [];
  const cursorsInQuery = () =>
    asked().map(({ url }) => new URL(url ?? '', 'http://localhost').searchParams.get('last_event_id'));
  const ids = ({ events }: Outcome) => events.flatMap(({ id }) => (id === null ? [] : [id]));
  const beat = heartbeat({ heartbeat_interval: 0.2, silence_threshold: 0.6 });

  describe.each(['fetch', 'eventsource'] as const)('over %s', (transport) => {
    it('delivers a stream, closes first and asks no more', async () => {
      const outcome = await run(transport, hold(beat, chunk(1), beat, chunk(2), beat, complete(3)));
      expect(outcome.events.map(({ type }) => type)).toEqual([
        'heartbeat',
        'content_chunk',
        'heartbeat',
        'content_chunk',
        'heartbeat',
        'complete',
      ]);
      expect(outcome.states).toEqual(['connecting', 'open', 'completed']);
      const socket = asked()[0]?.socket;
      await expect.poll(() => socket?.destroyed, { timeout: 15_000 }).toBe(true);
      expect(asked()).toHaveLength(1);
    });

    // Over fetch a page may not see what it had not read when the body broke off: so all is replayed.
    it.each([
      ['ended', stream],
      ['truncated', truncate],
    ])('resumes a connection that was %s, without doubles', async (_how, lose) => {
      const outcome = await run(
        transport,
        lose(beat, chunk(1), chunk(2)),
        stream(beat, chunk(1), chunk(2), chunk(3), complete(4)),
      );
      expect(ids(outcome)).toEqual([1, 2, 3, 4]);
      expect(outcome.states).toEqual(['connecting', 'open', 'reconnecting', 'connecting', 'open', 'completed']);
    });

    it('shows silence by the parameters of the heartbeat, and resumes', async () => {
      const silent: Answer = (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(beat + chunk(1));
      };
      const outcome = await run(transport, silent, stream(beat, complete(2)));
      expect(outcome.states.slice(1, 4)).toEqual(['open', 'waiting', 'reconnecting']);
      expect(outcome.end).toMatchObject({ state: 'completed' });
    });

    it('tells an error of the server from one of the network', async () => {
      const failure = 'id: 2\nevent: error\ndata: {"code":"x-broken","message":"broken","retryable":false}\n\n';
      const outcome = await run(transport, stream(beat, chunk(1)), stream(beat, failure));
      expect(outcome.end).toMatchObject({ state: 'failed', code: 'x-broken', message: 'broken' });
      expect(asked()).toHaveLength(2);
    });

    it('goes back once at a jump of ids', async () => {
      const outcome = await run(transport, stream(beat, chunk(1), chunk(3)), stream(beat, chunk(2), complete(3)));
      expect(ids(outcome)).toEqual([1, 2, 3]);
    });
  });

  it('rebuilds an EventSource that gave up on a 503, with the cursor in the query', async () => {
    const outcome = await run('eventsource', stream(beat, chunk(1)), status(503), stream(beat, complete(2)));
    expect(outcome.states).toEqual([
      'connecting',
      'open',
      'reconnecting',
      'connecting',
      'reconnecting',
      'connecting',
      'open',
      'completed',
    ]);
    expect(cursorsInQuery()).toEqual([null, '1', '1']);
  });

  it('gives up on an EventSource after its attempts', async () => {
    const outcome = await run('eventsource', status(404));
    expect(outcome.end).toMatchObject({ state: 'failed', code: 'attempts' });
    expect(asked()).toHaveLength(3);
  });

  it('learns from a heartbeat of an event that nobody listened to', async () => {
    const note = 'id: 2\nevent: x-note\ndata: {}\n\n';
    const outcome = await run('eventsource', stream(beat, chunk(1), note, beat), stream(beat, complete(3)));
    expect(cursorsInQuery()).toEqual([null, '2']);
    expect(outcome.end).toMatchObject({ state: 'completed' });
  });

  it('ends on a terminal event that has no id', async () => {
    const outcome = await run('eventsource', stream(beat, chunk(1), 'event: complete\ndata: {"reason":"done"}\n\n'));
    expect(outcome.end).toMatchObject({ state: 'completed', reason: 'done' });
  });

  it('reads headers over fetch that a page of the same origin may read', async () => {
    const silent: Answer = hold(heartbeat(), chunk(1));
    const outcome = await run('fetch', silent, stream(complete(2)));
    expect(outcome.states).toContain('waiting');
  });
});
