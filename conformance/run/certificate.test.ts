import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { chunkText, completeText, connection, heartbeatText, scenario } from '../evidence/fixture.js';
import { KitError } from '../kit-error.js';
import { toCanonicalJson } from './canonical-json.js';
import { type Certificate, issueCertificate, readKey, verifyCertificate } from './certificate.js';
import { judgeTranscripts } from './judge-transcripts.js';
import type { RunResult } from './types.js';

const transcripts = [
  scenario('read-through', [
    connection({
      sse: [
        [20, heartbeatText()],
        [40, chunkText(1)],
        [60, completeText(2)],
      ],
    }),
  ]),
  scenario('evicted', [], { outcome: 'skipped', reason: 'no URL' }),
];
const asked = { level: 'Core', only: [], strict: false, quick: true, acceptUnobserved: [] } as const;
const notes = ['Every request went over HTTP/2.'];
const result: RunResult = { report: judgeTranscripts(transcripts, { ...asked, notes }), transcripts, notes };

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const issuedAt = '2026-11-21T10:05:00.000Z';
const signed = issueCertificate(result, issuedAt, privateKey);
const unsigned = issueCertificate(result, issuedAt);

const broken = (...given: Parameters<typeof verifyCertificate>) =>
  verifyCertificate(...given)
    .filter(({ holds }) => !holds)
    .map(({ says }) => says);

describe('a certificate', () => {
  it('is of its schema, and says what the run concluded', () => {
    expect(validate('certificate', signed)).toEqual([]);
    expect(isOfSchema('certificate', unsigned)).toBe(true);
    const { grade, conforms, summary, target } = result.report;
    expect(signed).toMatchObject({ grade, conforms, summary, target, notes: result.report.notes, issuedAt });
  });

  it('holds, whatever the order of the transcripts and of its members', () => {
    expect(broken(signed, transcripts, publicKey)).toEqual([]);
    const turned: Certificate = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(signed).reverse())));
    expect(broken(turned, [...transcripts].reverse())).toEqual([]);
    expect(broken(unsigned, transcripts)).toEqual([]);
  });

  it('does not hold with transcripts that are missing, or of which anything was changed', () => {
    const [first, ...rest] = transcripts;
    expect(broken(signed, transcripts.slice(1))).toMatchObject([
      expect.stringMatching(/expected the digest .* of 2 transcripts, got .* of 1/),
    ]);
    expect(first === undefined ? [] : broken(signed, [{ ...first, lagMs: 1 }, ...rest])).toHaveLength(1);
  });

  it.each<[string, Partial<Certificate>]>([
    ['grade', { grade: 'A' }],
    ['target', { target: 'https://other.test/' }],
    ['conforms', { conforms: true }],
    ['summary', { summary: { ...signed.summary, pass: signed.summary.pass + 1 } }],
  ])('does not hold with another %s, signed or not', (member, change) => {
    expect(broken({ ...unsigned, ...change }, transcripts)).toEqual([expect.stringContaining(`${member}: expected`)]);
    expect(broken({ ...signed, ...change }, transcripts)).toHaveLength(2);
  });

  it('is signed by its key and no other', () => {
    expect(broken(signed, transcripts, other.publicKey)).toEqual([
      expect.stringContaining('public key that was given'),
    ]);
    expect(broken(unsigned, transcripts, publicKey)).toEqual([expect.stringContaining('not signed')]);
    expect(broken({ ...signed, notes: [] }, transcripts)).toEqual([expect.stringContaining('signature')]);
    const publicOf = (key: string) => ({ ...signed, signature: { ...signatureOf(signed), publicKey: key } });
    expect(broken(publicOf(`${'A'.repeat(59)}=`), transcripts)).toEqual([expect.stringContaining('signature')]);
  });
});

function signatureOf({ signature }: Certificate): NonNullable<Certificate['signature']> {
  if (signature === undefined) throw new Error('not signed');
  return signature;
}

describe('readKey', () => {
  const pem = (key: typeof privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('reads Ed25519 alone, and repeats nothing of a key', () => {
    expect(readKey(pem(privateKey), 'private', '--signing-key').asymmetricKeyType).toBe('ed25519');
    const wrong = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const complaints = [pem(wrong.privateKey), 'secret text'].map((text) => {
      try {
        return readKey(text, 'private', '--signing-key');
      } catch (error) {
        return error instanceof KitError ? error.message : error;
      }
    });
    expect(complaints).toEqual([
      '--signing-key: expected an Ed25519 key, got one of the kind ec',
      '--signing-key: expected a private key in PEM, got something else',
    ]);
  });
});

describe('canonical JSON', () => {
  it('is the example of RFC 8785', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(toCanonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });
});
