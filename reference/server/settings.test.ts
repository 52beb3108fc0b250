/** Configuration, rate limits and rhythms: what can be told without a socket. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOptions } from './demo/options.js';
import { heartbeatDelayMs, splitContent } from './events.js';
import { formatSeconds } from './http.js';
import { RateLimiter } from './rate-limit.js';
import { checkSettings, DEFAULT_SETTINGS, settingsFromEnvironment } from './settings.js';

describe('settings', () => {
  it('have defaults', () => {
    expect(checkSettings({})).toEqual(DEFAULT_SETTINGS);
  });

  it('name every mistake in a line of its own', () => {
    const wrong = { heartbeatInterval: 16, silenceThreshold: 20, maxSeconds: Number.NaN, retention: 59 };
    const lines = [/heartbeatInterval.*15.*16/, /maxSeconds.*NaN/, /retention.*60.*59/, /silenceThreshold.*48.*20/];
    expect(() => checkSettings(wrong)).toThrow(new RegExp(lines.map(({ source }) => source).join('\\n.*'), 's'));
  });

  it('take 0.2 and 0.6 for a ratio of three', () => {
    expect(() => checkSettings({ heartbeatInterval: 0.2, silenceThreshold: 0.6 })).not.toThrow();
  });
});

describe('options of the process', () => {
  it('come from flags, then environment, then --fast, then defaults', () => {
    const environment = {
      HEARTBEAT_INTERVAL: '1',
      SILENCE_THRESHOLD: '3',
      STREAM_MAX_SECONDS: '9',
      CHUNK_DELAY_MS: '0',
    };
    expect(readOptions(['--heartbeat', '1.5', '--silence=4.5', '--port=0', '--fast'], environment)).toMatchObject({
      settings: { heartbeatInterval: 1.5, silenceThreshold: 4.5, maxSeconds: 9 },
      chunkDelayMs: 0,
      port: 0,
      host: '127.0.0.1',
    });
    const fast = { heartbeatInterval: 0.2, silenceThreshold: 0.6, maxSeconds: 3 };
    expect(readOptions(['--fast'], {})).toMatchObject({ settings: fast, chunkDelayMs: 8 });
    const usual = { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 60 };
    expect(readOptions([], {})).toMatchObject({ settings: usual, chunkDelayMs: 50, port: 8080, tokens: [] });
  });

  it.each([
    [['--port', '70000'], {}, /PORT.*70000/],
    [['--cap=-1'], {}, /STREAM_MAX_SECONDS.*"-1"/],
    [[], { STREAM_MAX_SECONDS: '1m' }, /STREAM_MAX_SECONDS.*"1m"/],
    [[], { GZIP: 'yes', HEARTBEAT_INTERVAL: '16', PORT: 'x' }, /PORT.*"x".*GZIP.*"yes".*HEARTBEAT_INTERVAL.*16/s],
    [['--nonsense'], {}, /--nonsense.*Usage/s],
  ])('%j with %j is one clear line', (args, environment, message) => {
    expect(() => readOptions(args, environment)).toThrow(message);
  });
});

describe('settings from the environment', () => {
  it('cover all of them', () => {
    const environment = {
      HEARTBEAT_INTERVAL: '10',
      SILENCE_THRESHOLD: '30',
      STREAM_MAX_SECONDS: '600',
      REPLAY_RETENTION: '300',
      MAX_BUFFERED_BYTES: '100000',
      MAX_BODY_BYTES: '5',
      MAX_READERS_PER_STREAM: '9',
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      ADAPTIVE_HEARTBEAT: 'true',
      GZIP: 'true',
    };
    expect(settingsFromEnvironment(environment)).toEqual({
      heartbeatInterval: 10,
      silenceThreshold: 30,
      maxSeconds: 600,
      retention: 300,
      maxBufferedBytes: 100_000,
      maxBodyBytes: 5,
      maxReadersPerStream: 9,
      allowedOrigins: ['https://a.example', 'https://b.example'],
      adaptiveHeartbeat: true,
      gzip: true,
    });
    expect(settingsFromEnvironment({})).toEqual(DEFAULT_SETTINGS);
  });
});

describe('the rate limit', () => {
  it('refills with time, per client', () => {
    const limiter = new RateLimiter({ burst: 2, perMinute: 30 });
    expect([limiter.take('a', 0), limiter.take('a', 0), limiter.take('a', 0)]).toEqual([0, 0, 2]);
    expect(limiter.take('b', 0)).toBe(0);
    expect(limiter.take('a', 1000)).toBe(1);
    expect(limiter.take('a', 2000)).toBe(0);
  });
});

describe('the rhythm of heartbeats', () => {
  const settings = checkSettings({ heartbeatInterval: 10, silenceThreshold: 30, adaptiveHeartbeat: true });
  it('is the declared one', () => {
    expect(heartbeatDelayMs({ ...settings, adaptiveHeartbeat: false }, 1, true)).toBe(10_000);
  });

  it('is faster on a connection that follows a lost one, within its bounds, and relaxes', () => {
    expect(heartbeatDelayMs(settings, 1, false)).toBe(10_000);
    const delays = Array.from({ length: 20 }, (_, n) => heartbeatDelayMs(settings, n + 1, true));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBeGreaterThanOrEqual(5000);
    expect(delays[0]).toBeLessThan(10_000);
    expect(delays.at(-1)).toBe(10_000);
  });
});

describe('numbers and pieces', () => {
  it('are decimal seconds with at most three decimals', () => {
    expect([0.05, 15, 0.1 + 0.2, 86_400, 2 / 3].map(formatSeconds)).toEqual(['0.05', '15', '0.3', '86400', '0.667']);
  });

  it('fit, lose nothing and split no character', () => {
    const property = fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.integer({ min: 4, max: 60 }),
      (text, most) => {
        const pieces = splitContent(text, (piece) => Buffer.byteLength(piece) <= most);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(most);
          expect(Buffer.from(piece).toString()).toBe(piece);
        }
      },
    );
    fc.assert(property);
  });
});
