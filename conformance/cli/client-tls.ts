/** `--tls`: a certificate for this run, and the environment by which a client comes to trust it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from '../client/stage/certificate.js';

export interface ClientTls {
  readonly certificate: Certificate;
  /** `SSE_CA_FILE` is the kit's own word; the others are read by Node and by what uses OpenSSL or Go. */
  readonly environment: Readonly<Record<'SSE_CA_FILE' | 'NODE_EXTRA_CA_CERTS' | 'SSL_CERT_FILE', string>>;
}

/** The file of the certificate goes with the process; the key is in no file. */
export function prepareTls(): ClientTls {
  const certificate = makeCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'conformance-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, certificate.cert);
  return { certificate, environment: { SSE_CA_FILE: file, NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file } };
}
