import { describe, expect, it } from 'vitest';
import { chunkText, completeText, connection, eventText, evidenceOf, heartbeatText, scenario } from './fixture.js';
import type { RecordedConnection } from './types.js';

function only(recorded: RecordedConnection) {
  const [view] = evidenceOf(scenario('read-through', [recorded])).connections();
  if (view === undefined) {
    throw new Error('no connection');
  }
  return view;
}

const refusal = (code: string) => eventText('error', { code, message: 'gone', retryable: true, trace_id: 'trace-1' });

describe('a connection view', () => {
  it('reads the bytes of its chunks with their arrival', () => {
    const view = only(
      connection({
        sse: [
          [20, heartbeatText()],
          [30, chunkText(1).slice(0, 9)],
          [40, chunkText(1).slice(9)],
          [50, completeText(2)],
        ],
      }),
    );
    expect(view.events().map((event) => event.type)).toEqual(['heartbeat', 'content_chunk', 'complete']);
    expect(view.events('content_chunk')[0]).toMatchObject({ id: '1', startedAtMs: 30, atMs: 40 });
    expect(view.terminal?.id).toBe('2');
    expect(view.carriesStream).toBe(true);
    expect(view.events()).toBe(view.events());
  });

  it('finds headers without regard to case and joins repeated ones', () => {
    const view = only(
      connection({
        headers: [
          ['A', '1'],
          ['a', '2'],
        ],
        requestHeaders: { 'Last-Event-ID': '' },
      }),
    );
    expect(view.header('a')).toBe('1, 2');
    expect(view.header('b')).toBeUndefined();
    expect(view.requestHeader('last-event-id')).toBe('');
  });

  it.each([
    ['text/event-stream', true],
    ['Text/Event-Stream ; charset=utf-8', true],
    ['text/event-stream-x', false],
    ['application/json', false],
  ])('takes %s for an event stream: %s', (type, is) => {
    expect(only(connection({ headers: { 'content-type': type } })).isEventStream).toBe(is);
  });

  it('takes no other status than 200 and no empty stream for a part of a stream', () => {
    expect(only(connection({ status: 500, sse: [[20, heartbeatText()]] })).carriesStream).toBe(false);
    expect(only(connection({ sse: [[20, ': nothing\n\n']] })).carriesStream).toBe(false);
    expect(only(connection({ status: null })).status).toBeNull();
  });

  it.each(['replay_gap', 'unknown_cursor'])('tells an in-band refusal %s from an end, in whatever form', (code) => {
    const view = only(
      connection({
        sse: [
          [20, heartbeatText()],
          [30, refusal(code)],
          [40, chunkText(4)],
        ],
      }),
    );
    expect(view.refusal?.type).toBe('error');
    expect(view.carriesStream).toBe(false);
    expect(view.terminal).toBeUndefined();
  });

  it('takes an error after content for the end of the stream', () => {
    const view = only(
      connection({
        sse: [
          [20, chunkText(1)],
          [30, refusal('replay_gap')],
        ],
      }),
    );
    expect(view.refusal).toBeUndefined();
    expect(view.terminal?.type).toBe('error');
  });

  it('gives no object for data that is none', () => {
    const view = only(connection({ sse: [[20, 'data: [1]\n\ndata: {"a":1}\n\ndata: x\n\n']] }));
    expect(view.events().map((event) => view.json(event))).toEqual([undefined, { a: 1 }, undefined]);
  });
});

describe('declared parameters', () => {
  it('are those of the first heartbeat, before the headers', () => {
    const view = only(
      connection({
        sse: [
          [20, heartbeatText({ heartbeat_interval: 0.3 })],
          [30, heartbeatText()],
        ],
      }),
    );
    expect(view.declared).toEqual({
      heartbeatInterval: 0.3,
      silenceThreshold: 0.6,
      maxSeconds: 3,
      declaredBy: { heartbeatInterval: 'heartbeat', silenceThreshold: 'heartbeat', maxSeconds: 'heartbeat' },
    });
  });

  it.each(['', 'five', '-1', '1e1', '0.01', '86401', '0.0500', '5, 5', '+5', ' 5'])(
    'are the defaults where the header says %j and no heartbeat came',
    (value) => {
      const headers = { 'X-Heartbeat-Interval': value, 'X-Silence-Threshold': null, 'X-Stream-Max-Seconds': '0.05' };
      expect(only(connection({ headers })).declared).toEqual({
        heartbeatInterval: 5,
        silenceThreshold: 15,
        maxSeconds: 0.05,
        declaredBy: { heartbeatInterval: 'default', silenceThreshold: 'default', maxSeconds: 'header' },
      });
    },
  );
});

describe('evidence', () => {
  it('finds scenarios and connections by name, and keeps the last attempt of each alone', () => {
    const evidence = evidenceOf(
      scenario('cap', [connection({ label: 'first' })], { attempt: 2 }),
      scenario('cap', [connection({ label: 'old' })], { attempt: 1 }),
      scenario('error', [connection({ label: 'first' }), connection({ label: 'below' })]),
    );
    expect(evidence.connections(['cap']).map((view) => view.label)).toEqual(['first']);
    expect(evidence.connections()).toHaveLength(3);
    expect(evidence.scenario('error')?.connection('below')?.scenario).toBe('error');
    expect(evidence.scenario('none')).toBeUndefined();
  });
});
