/** `--certificate FILE` and `--signing-key FILE`: checked before the run, written after it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import type { RunResult } from '../run/types.js';
import { faultCode } from './exit-codes.js';
import { checkWritable, writeReportFile } from './report-option.js';

export interface CertificateFlags {
  readonly certificate?: string;
  readonly signingKey?: string;
  readonly transcripts?: string;
  /** From the configuration file. */
  readonly tolerances?: object;
}

/** Undefined where none was asked for. Throws `KitError` (`usage`). */
export async function prepareCertificate(
  flags: CertificateFlags,
): Promise<{ write(result: RunResult): void } | undefined> {
  if (flags.certificate === undefined) {
    if (flags.signingKey !== undefined) {
      throw new KitError('usage', '--signing-key: expected --certificate FILE with it, which it signs');
    }
    return undefined;
  }
  if (flags.transcripts === undefined) {
    throw new KitError('usage', '--certificate: expected --transcripts DIR with it: they are what can be verified');
  }
  if (flags.tolerances !== undefined) {
    throw new KitError('usage', '--certificate: expected the tolerances of the kit, got others from the configuration');
  }
  const file = resolve(flags.certificate);
  checkWritable([{ file }], '--certificate');
  const { issueCertificate, readKey } = await import('../run/certificate.js');
  const { signingKey } = flags;
  const key =
    signingKey === undefined
      ? undefined
      : readKey(readKeyFile('--signing-key', signingKey), 'private', '--signing-key');
  return {
    write(result) {
      const certificate = issueCertificate(result, new Date().toISOString(), key);
      writeReportFile(file, `${JSON.stringify(certificate, null, 2)}\n`);
    },
  };
}

/** Throws `KitError` (`usage`). */
export function readKeyFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KitError('usage', `${option}: cannot read the file "${toPrintable(file)}" (${faultCode(cause)})`, {
      cause,
    });
  }
}
