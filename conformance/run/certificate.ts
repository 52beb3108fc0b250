/** Certificates: what a run concluded, bound to its transcripts by a digest, and signed where there is a key. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Certificate } from '../../schemas/1.0/types/certificate.js';
import type { Transcript } from '../evidence/types.js';
import { KitError } from '../kit-error.js';
import { digestOf, toCanonicalJson } from './canonical-json.js';
import { judgeTranscripts } from './judge-transcripts.js';
import type { RunResult } from './types.js';

export type { Certificate } from '../../schemas/1.0/types/certificate.js';

/**
 * The transcripts are judged once more, as whoever verifies will judge them: the certificate says what comes of them
 * alone. `issuedAt` is RFC 3339.
 */
export function issueCertificate(
  { report, transcripts, notes }: RunResult,
  issuedAt: string,
  signingKey?: KeyObject,
): Certificate {
  const judged = judgeTranscripts(transcripts, { ...report.asked, notes });
  const { kit, spec, role, target, startedAt, asked, grade, conforms, levels, summary } = judged;
  const unsigned: Certificate = {
    schema: 'resilient-sse/certificate/1',
    ...{ kit, spec, role, target, issuedAt, startedAt, asked, grade, conforms, levels, summary },
    notes: judged.notes,
    transcripts: { count: transcripts.length, sha256: digestTranscripts(transcripts) },
  };
  return signingKey === undefined ? unsigned : { ...unsigned, signature: signatureOf(unsigned, signingKey) };
}

/** As the schema kit/certificate describes it; the order of the transcripts is of no account. */
function digestTranscripts(transcripts: readonly Transcript[]): string {
  const lines = transcripts.map((transcript) => `${digestOf(toCanonicalJson(transcript))}\n`);
  return digestOf(lines.sort().join(''));
}

/** One thing that was looked at. */
export interface Check {
  readonly holds: boolean;
  /** What was found, one sentence. */
  readonly says: string;
}

/** Judges the transcripts again and holds everything that the certificate says against them. Never throws. */
export function verifyCertificate(
  certificate: Certificate,
  transcripts: readonly Transcript[],
  publicKey?: KeyObject,
): readonly Check[] {
  const digest = digestTranscripts(transcripts);
  const isSame = digest === certificate.transcripts.sha256;
  const digested: Check = isSame
    ? { holds: true, says: `The ${transcripts.length} transcripts are those that the certificate is about.` }
    : {
        holds: false,
        says: `The transcripts are not those that the certificate is about: expected the digest ${certificate.transcripts.sha256} of ${certificate.transcripts.count} transcripts, got ${digest} of ${transcripts.length}.`,
      };
  const signed = checkSignature(certificate, publicKey);
  return isSame ? [signed, digested, judgeAgain(certificate, transcripts)] : [signed, digested];
}

function judgeAgain(certificate: Certificate, transcripts: readonly Transcript[]): Check {
  let judged: ReturnType<typeof judgeTranscripts>;
  try {
    judged = judgeTranscripts(transcripts, certificate.asked);
  } catch (cause) {
    return { holds: false, says: `They cannot be judged: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
  const by = judged.kit === certificate.kit ? `kit ${judged.kit}` : `kit ${judged.kit}, issued by ${certificate.kit}`;
  const members = ['spec', 'role', 'target', 'startedAt', 'grade', 'conforms', 'levels', 'summary'] as const;
  const other = members.filter((name) => toCanonicalJson(judged[name]) !== toCanonicalJson(certificate[name]));
  const differ = other.map(
    (name) => `${name}: expected ${toCanonicalJson(certificate[name])}, got ${toCanonicalJson(judged[name])}`,
  );
  return differ.length === 0
    ? { holds: true, says: `Judged again (${by}) they give the same: grade ${judged.grade}.` }
    : { holds: false, says: `Judged again (${by}) they give something else. ${differ.join('; ')}.` };
}

function checkSignature({ signature, ...unsigned }: Certificate, publicKey: KeyObject | undefined): Check {
  if (signature === undefined) {
    return publicKey === undefined
      ? { holds: true, says: 'It is not signed: nothing says who issued it.' }
      : { holds: false, says: 'It is not signed, although a public key was given to check.' };
  }
  const own = readEmbedded(signature.publicKey);
  const key = publicKey ?? own;
  const fingerprint = digestOf(signature.publicKey).slice(0, 16);
  const message = Buffer.from(toCanonicalJson(unsigned));
  if (key === undefined || !verify(null, message, key, Buffer.from(signature.value, 'base64'))) {
    return {
      holds: false,
      says:
        publicKey === undefined
          ? 'The signature is not of this certificate and the key in it.'
          : 'The signature is not of this certificate and the public key that was given.',
    };
  }
  return {
    holds: true,
    says:
      publicKey === undefined
        ? `It is signed by the key ${fingerprint}, which stands in it: give --public-key to know whose it is.`
        : 'It is signed by the owner of the public key.',
  };
}

function signatureOf(unsigned: Certificate, key: KeyObject): NonNullable<Certificate['signature']> {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  const value = sign(null, Buffer.from(toCanonicalJson(unsigned)), key).toString('base64');
  return { algorithm: 'Ed25519', publicKey, value };
}

function readEmbedded(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** An Ed25519 key in PEM. `source` names where it comes from. Throws `KitError` (`usage`), without the key's text. */
export function readKey(pem: string, kind: 'private' | 'public', source: string): KeyObject {
  let key: KeyObject;
  try {
    key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    throw new KitError('usage', `${source}: expected a ${kind} key in PEM, got something else`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new KitError('usage', `${source}: expected an Ed25519 key, got one of the kind ${key.asymmetricKeyType}`);
  }
  return key;
}
