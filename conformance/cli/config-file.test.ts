import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withConfig } from './config-file.js';
import { readConnectOptions } from './connect-options.js';
import { type RunFlags, readRunOptions, usualRunFlags } from './run-options.js';

const folder = mkdtempSync(join(tmpdir(), 'conformance-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const flags: RunFlags = {
  ...usualRunFlags,
};

function fileWith(content: object | string): string {
  const file = join(folder, 'conformance.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('conformance.json', () => {
  it('says what the command line does not', () => {
    writeFileSync(join(folder, 'token'), 'Bearer 12345\n');
    const config = fileWith({
      url: 'https://api.example/s/{stream_id}',
      headers: { Authorization: '@token', 'X-Key': '$KEY' },
      occasions: { cap: 'https://api.example/slow' },
      level: 'Live',
      concurrency: 3,
      timeoutSeconds: 9,
      baseline: 'known.txt',
      tolerances: { lateMs: 800 },
      commands: { shutdown: 'kill 1' },
      connect: { insecure: true, resolve: ['api.example:443:[::1]'], crossOriginRedirects: true },
    });
    const given = withConfig({ ...flags, config, level: 'Core' }, (name) => name === 'level');
    expect(given).toMatchObject({ baseline: join(folder, 'known.txt'), tolerances: { lateMs: 800 }, streamId: true });
    const options = readRunOptions(given, { KEY: 'abc' });
    expect(options).toMatchObject({
      level: 'Core',
      concurrency: 3,
      timeoutMs: 9000,
      shutdown: expect.any(Function),
      target: {
        url: 'https://api.example/s/{stream_id}',
        headers: [
          ['Authorization', 'Bearer 12345'],
          ['X-Key', 'abc'],
        ],
        occasions: { cap: 'https://api.example/slow' },
        choosesStreamId: true,
        connect: {
          insecure: true,
          resolve: [{ host: 'api.example', port: 443, address: '::1' }],
          redirectsTo: ['*'],
        },
      },
    });
  });

  it('may say that a POST creates streams', () => {
    const config = fileWith({ url: 'http://a.example/s', method: 'POST', body: { q: 1 } });
    expect(
      readRunOptions(
        withConfig({ ...flags, config }, () => false),
        {},
      ).target,
    ).toMatchObject({
      choosesStreamId: false,
      creation: { method: 'POST', body: '{"q":1}', contentType: 'application/json' },
    });
  });

  it.each([
    ['{', /cannot read a target from ".*" \(it is no JSON from character 2 on\)/],
    ['s3cret', /\(it is no JSON\)/],
    [{}, /not a target of the schema kit\/target \(expected .* at \/url/],
    [{ url: 'http://a.example/', level: 'Best' }, /at \/level/],
    [{ url: 'http://a.example/', more: 1 }, /at \/more/],
  ])('%j is refused with a reason', (content, reason) => {
    expect(() => withConfig({ ...flags, config: fileWith(content) }, () => false)).toThrow(reason);
  });

  it('is not looked for where a target is given', () => {
    const given = { ...flags, target: 'http://a.example/' };
    expect(withConfig(given, () => false)).toBe(given);
    expect(() => withConfig({ ...flags, config: join(folder, 'none.json') }, () => false)).toThrow(/ENOENT/);
  });
});

describe('how a target is reached', () => {
  it('is taken from the environment too', () => {
    const environment = { HTTPS_PROXY: 'proxy.example:3128', no_proxy: 'a.example,.b.example' };
    expect(readConnectOptions({}, environment)).toEqual({
      proxies: {
        https: 'http://proxy.example:3128',
        bypass: ['localhost', '127.0.0.1', '::1', 'a.example', '.b.example'],
      },
    });
    expect(readConnectOptions({ proxy: false }, environment)).toEqual({});
    expect(() => readConnectOptions({}, { http_proxy: 'socks5://p' })).toThrow(/HTTP_PROXY: expected an http/);
  });

  it.each([
    [{ ca: '/nowhere' }, /--ca: cannot read the file/],
    [{ ca: fileWith('x') }, /--ca: expected PEM with "BEGIN CERTIFICATE"/],
    [{ cert: 'a' }, /--cert and --key belong together/],
    [{ resolve: ['host:443'] }, /--resolve: expected host:port:address/],
    [{ resolve: ['host:443:name'] }, /--resolve: expected/],
    [{ resolve: ['host:70000:127.0.0.1'] }, /--resolve: expected/],
    [{ allowRedirectsTo: ['https://a.example/path'] }, /--allow-redirects-to: expected an origin/],
    [{ allowRedirectsTo: ['a.example'] }, /--allow-redirects-to: expected an origin/],
  ])('%j is refused with a reason', (given, reason) => {
    expect(() => readConnectOptions(given, {})).toThrow(reason);
  });
});
