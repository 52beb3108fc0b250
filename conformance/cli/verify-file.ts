/** The work of `conformance verify`: reads certificate, transcripts and key, and says what was found of each. */
import { loadTranscripts } from '../evidence/store.js';
import { toPrintable } from '../report/printable.js';
import { readKey, verifyCertificate } from '../run/certificate.js';
import { readKeyFile } from './certificate-option.js';
import { exitCodes } from './exit-codes.js';
import { readJsonFile } from './json-file.js';
import type { VerifyFlags } from './verify.js';

const certificateBytesAtMost = 1024 * 1024;

/** Resolves with the exit code. Throws `KitError` (`usage`). */
export async function verifyFile(file: string, flags: VerifyFlags): Promise<number> {
  const certificate = readJsonFile(file, {
    schema: 'certificate',
    command: 'verify',
    what: 'a certificate',
    hint: 'run --certificate FILE writes one',
    bytesAtMost: certificateBytesAtMost,
  });
  const { publicKey } = flags;
  const key =
    publicKey === undefined ? undefined : readKey(readKeyFile('--public-key', publicKey), 'public', '--public-key');
  const checks = verifyCertificate(certificate, await loadTranscripts(flags.transcripts), key);
  const holds = checks.every((check) => check.holds);
  const { grade, spec, role, target, startedAt } = certificate;
  const lines = [
    ...checks.map((check) => `${check.holds ? 'holds  ' : 'broken '}  ${check.says}`),
    '',
    holds
      ? `The certificate holds: grade ${grade}, Resilient SSE ${spec}, ${role} ${target}, ${startedAt}.`
      : 'The certificate does not hold.',
  ];
  process.stdout.write(`${lines.map(toPrintable).join('\n')}\n`);
  return holds ? exitCodes.conforms : exitCodes.doesNotConform;
}
