import { describe, expect, it } from 'vitest';
import { addressNamed, addressOf } from './address.js';

describe('the address of a request', () => {
  it.each<[string, string | null, readonly string[], string]>([
    ['http://h/s', 'a', [], 'http://h/s?stream_id=a'],
    ['http://h/s?q=x%20y&r', 'a', [], 'http://h/s?q=x%20y&r&stream_id=a'],
    ['http://h/s/{stream_id}/events', 'a/b', [], 'http://h/s/a%2Fb/events'],
    ['http://h/s?id=%7Bstream_id%7D', 'ü b', ['3'], 'http://h/s?id=%C3%BC%20b&last_event_id=3'],
    ['http://h/s#part', null, ['1', '2'], 'http://h/s?last_event_id=1&last_event_id=2'],
    ['http://h/s', null, [], 'http://h/s'],
    ['http://h/s', '', ['1.5'], 'http://h/s?stream_id=&last_event_id=1.5'],
  ])('of %s for stream %j and cursors %j', (target, streamId, cursors, url) => {
    expect(addressOf(target, { streamId, cursors }).href).toBe(url);
  });

  it.each<[string, string | undefined]>([
    ['/other?x=1', 'http://h:81/other?x=1'],
    ['more', 'http://h:81/a/more'],
    ['http://h:81/c', 'http://h:81/c'],
    ['http://elsewhere/c', undefined],
    ['http://h/c', undefined],
    ['//elsewhere/c', undefined],
    ['http://[', undefined],
    ['file:///etc/passwd', undefined],
  ])('named %s by the target', (named, url) => {
    expect(addressNamed(named, new URL('http://h:81/a/b?q'), [])?.href).toBe(url);
  });
});
