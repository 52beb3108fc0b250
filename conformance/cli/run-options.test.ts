import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KitError } from '../kit-error.js';
import { readHeader } from './header-option.js';
import { type RunFlags, readRunOptions, usualRunFlags } from './run-options.js';

const flags: RunFlags = {
  target: 'http://127.0.0.1:8080/stream',
  ...usualRunFlags,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  writeFileSync(join(folder, 'token'), 'Bearer from-file\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The message of the usage error that the flags cause. */
function complaint(change: Partial<RunFlags>, environment = {}): string {
  try {
    readRunOptions({ ...flags, ...change }, environment);
  } catch (fault) {
    if (fault instanceof KitError && fault.code === 'usage') return fault.message;
    throw fault;
  }
  throw new Error('nobody complained');
}

describe('the target', () => {
  it.each([
    ['', /expected a URL such as .*, got an empty one/],
    ['localhost:8080/stream', /write http:\/\/ or https:\/\/ before the host/],
    ['ftp://host/stream', /expected an http:\/\/ or https:\/\/ URL, got "ftp:\/\/host\/stream"/],
    ['http://', /expected an http/],
    ['http://me:secret@host/', /without a user name or password/],
    ['http://host/#there', /without "#…"/],
  ])('%j is refused with a reason', (target, reason) => {
    expect(complaint({ target })).toMatch(reason);
  });

  it('is named where there is none', () => {
    const { target: _, ...without } = flags;
    expect(() => readRunOptions(without, {})).toThrow('no target');
  });

  it('never repeats what may be secret', () => {
    expect(complaint({ target: 'ws://me:secret1@host/x?token=secret2#secret3' })).not.toContain('secret');
  });

  it('keeps {stream_id} as it is', () => {
    const url = 'https://host/chat/{stream_id}?a={stream_id}';
    expect(readRunOptions({ ...flags, target: url }, {}).target.url).toBe(url);
  });

  it('--fast is about the reference server', () => {
    expect(complaint({ fast: true })).toContain('--target reference');
  });
});

describe('names of requirements', () => {
  it('takes comma lists, areas and small letters', () => {
    expect(readRunOptions({ ...flags, only: ['heartbeat-001,CAP', ' end '] }, {}).only).toEqual([
      'HEARTBEAT-001',
      'CAP',
      'END',
    ]);
  });

  it('spells out the areas that may stay unobserved', () => {
    const { acceptUnobserved } = readRunOptions({ ...flags, acceptUnobserved: ['CAP', 'END-005'] }, {});
    expect(acceptUnobserved).toContain('CAP-001');
    expect(acceptUnobserved).toContain('END-005');
    expect(acceptUnobserved).not.toContain('CAP');
  });

  it.each([
    ['HEARTBEAT-01', 'did you mean HEARTBEAT-001?'],
    ['HARTBEAT', 'did you mean HEARTBEAT?'],
    ['XYZZY-PLUGH', 'conformance list shows all'],
    ['RETRY-001', 'which is about the client'],
    [',', 'expected ids or areas, got none'],
  ])('%s: %s', (name, hint) => {
    expect(complaint({ only: [name] })).toContain(hint);
  });
});

describe('occasions', () => {
  it('are names and URLs', () => {
    const occasion = ['error=http://host/?fail=1&x=2', 'cap=http://host/long'];
    expect(readRunOptions({ ...flags, occasion }, {}).target.occasions).toEqual({
      error: 'http://host/?fail=1&x=2',
      cap: 'http://host/long',
    });
  });

  it.each([
    ['eror=http://host/', 'one of the names cap, error'],
    ['http://host/', 'one of the names cap, error'],
    ['error=', 'got an empty one'],
    ['error=host/x', 'write http'],
  ])('%s is refused', (occasion, reason) => {
    expect(complaint({ occasion: [occasion] })).toContain(reason);
  });
});

describe('headers', () => {
  const environment = { TOKEN: 'from-environment', EMPTY: '' };

  it.each([
    ['Authorization: Bearer abc', ['Authorization', 'Bearer abc']],
    ['authorization:abc', ['authorization', 'abc']],
    ['Authorization: $TOKEN', ['Authorization', 'from-environment']],
    [`Authorization: Bearer $${'{TOKEN}'}!`, ['Authorization', 'Bearer from-environment!']],
    ['X-Price: 5 $$', ['X-Price', '5 $']],
    ['X-Time: 10:20', ['X-Time', '10:20']],
  ])('%s', (given, header) => {
    expect(readHeader(given, environment)).toEqual(header);
  });

  it('reads a value from a file, without its last line end', () => {
    expect(readHeader(`Authorization: @${join(folder, 'token')}`, {})).toEqual(['Authorization', 'Bearer from-file']);
  });

  it.each([
    ['secret', /with a header name before the colon/],
    [': secret', /with a header name before the colon/],
    ['bad name: secret', /with a header name before the colon/],
    ['X-A:', /got an empty one/],
    ['X-A: secret\r\nX-B: c', /with a line break/],
    ['X-A: $NOWHERE', /NOWHERE is not set/],
    ['X-A: $EMPTY', /got an empty one/],
    ['X-A: @/nowhere/file', /cannot read the file .*ENOENT/],
    ['Last-Event-ID: 5', /set by the kit itself/],
  ])('%j is refused and not repeated', (given, reason) => {
    const message = complaint({ header: [given] }, environment);
    expect(message).toMatch(reason);
    expect(message).not.toContain('secret');
  });
});
