import { describe, expect, it } from 'vitest';
import type { ClientDriver } from '../client/drivers/driver.js';
import { KitError } from '../kit-error.js';
import type { FaultyClients } from './faulty-clients.js';
import { selfTestClients } from './self-test-client.js';

/** A client in this process: what it does with the URL, and then it has ended. */
function driverOf(target: string, run: (url: string) => Promise<void>): ClientDriver {
  return {
    name: 'command',
    reports: true,
    starts: true,
    target,
    async start(url) {
      const ended = run(url).then(
        () => ({ exitCode: 0, stderr: '' }),
        () => ({ exitCode: 1, stderr: '' }),
      );
      return { ended, stop: async () => undefined };
    },
    close: async () => undefined,
  };
}

async function readOnce(url: string): Promise<void> {
  const response = await fetch(url);
  await response.text();
}

const twin = { alsoBreaks: [], why: 'asks once', inPage: false };

const faulty: FaultyClients = {
  twins: [
    { ...twin, name: 'asks-once', breaks: 'RETRY-001' },
    { ...twin, name: 'breaks-another', breaks: 'RETRY-003' },
  ],
  nulls: [{ name: 'does-nothing', mayPass: [] }],
  sound: [],
  driver: (name) => driverOf(name, name === 'does-nothing' ? async () => undefined : readOnce),
};

describe('the self-test of clients', () => {
  it('tells what was caught, missed and wrongly accused', async () => {
    const seen: string[] = [];
    const result = await selfTestClients({ faulty, spec: '1.0', onProgress: ({ name }) => seen.push(name) });
    const [caught, missed] = result.twins;
    expect(caught).toMatchObject({ name: 'asks-once', caught: true, verdict: 'fail' });
    expect(missed).toMatchObject({ name: 'breaks-another', caught: false });
    expect(result.missed.map(({ name }) => name)).toEqual(['breaks-another']);
    expect(result.wronglyAccused).toContainEqual(
      expect.objectContaining({ name: 'breaks-another', requirement: 'RETRY-001' }),
    );
    expect(result.vacuous).toEqual([]);
    expect(result.kitErrors).toEqual([]);
    expect(result.repeated).toContain('breaks-another');
    expect(seen.length).toBe(faulty.twins.length + faulty.nulls.length + result.repeated.length);
  }, 60_000);

  it('grades what is named alone', async () => {
    const result = await selfTestClients({ faulty, spec: '1.0', only: ['DOES-NOTHING'] });
    expect(result.twins).toEqual([]);
    expect(result.vacuous).toEqual([]);
  }, 60_000);

  it('is never clean over nothing', async () => {
    await expect(selfTestClients({ faulty, spec: '1.0', only: ['NOBODY'] })).rejects.toBeInstanceOf(KitError);
  });
});
