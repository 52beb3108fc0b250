import { describe, expect, test } from 'vitest';
import { type ClientFlags, isAboutClient, readClientOptions, refuseClientOptions } from './client-options.js';
import { type RunFlags, usualRunFlags } from './run-options.js';

const flags: RunFlags & ClientFlags = {
  ...usualRunFlags,
  wireOnly: false,
  realTime: false,
};

describe('the way in which a client plugs in', () => {
  test.each([
    [{ client: 'python3 client.py' }, 'command', 'python3 client.py', true],
    [{ browser: 'page.html' }, 'browser', 'page.html', true],
    [{ contractService: 'http://127.0.0.1:8000/' }, 'contract-service', 'http://127.0.0.1:8000/', true],
    [{ wireOnly: true }, 'wire-only', 'wire-only', false],
  ] as const)('%j', (given, name, target, starts) => {
    expect(isAboutClient({ ...flags, ...given })).toBe(true);
    expect(readClientOptions({ ...flags, ...given }).driver).toMatchObject({ name, target, starts });
  });

  test('is none where a server is graded', () => {
    expect(isAboutClient({ ...flags, target: 'http://host/' })).toBe(false);
    expect(() => refuseClientOptions(flags)).not.toThrow();
  });
});

test('over TLS a client is told whom to trust', () => {
  const { certificate } = readClientOptions({ ...flags, client: 'c', tls: true });
  expect(certificate?.cert).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(() => refuseClientOptions({ ...flags, tls: true })).toThrow(/^--tls is about grading a client/);
});

test('names of requirements are those on clients', () => {
  const given = { client: 'c', only: ['retry,dedupe-001'], acceptUnobserved: ['TRACE'], timeout: 90, port: 0 };
  expect(readClientOptions({ ...flags, ...given })).toMatchObject({
    only: ['RETRY', 'DEDUPE-001'],
    acceptUnobserved: ['TRACE-008'],
    timeoutMs: 90_000,
    port: 0,
  });
});

test.each([
  [{ client: 'c', wireOnly: true }, /expected one of --client, .*, got several/],
  [{ client: '' }, /--client: expected a command/],
  [{ client: 'c', target: 'http://host/' }, /^--target is about grading a server/],
  [{ client: 'c', fast: true }, /^--fast is about grading a server/],
  [{ client: 'c', streamId: false }, /^--no-stream-id is about/],
  [{ client: 'c', only: ['CAP-001'] }, /which is about the server/],
  [{ client: 'c', only: [','] }, /--only: expected ids or areas, got none/],
  [{ contractService: 'localhost:8000' }, /--contract-service/],
  [{ browser: 'page.html', tls: true }, /^--tls: expected --client/],
])('%j is refused', (given, reason) => {
  expect(() => readClientOptions({ ...flags, ...given })).toThrow(reason);
});

test.each([
  [{ realTime: true }, /^--real-time is about grading a client/],
  [{ port: 80 }, /^--port is about grading a client/],
])('%j is refused for a server', (given, reason) => {
  expect(() => refuseClientOptions({ ...flags, ...given })).toThrow(reason);
});
