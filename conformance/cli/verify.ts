/** `conformance verify`: judges the transcripts of a certificate again and says whether it holds. */
import type { Command } from 'commander';
import type { Finish } from './program.js';

const examples = `
Examples:
  openssl genpkey -algorithm ed25519 -out key.pem
  openssl pkey -in key.pem -pubout -out public.pem
  conformance run --target https://host/stream --transcripts seen --certificate certificate.json \\
    --signing-key key.pem
  conformance verify certificate.json --transcripts seen --public-key public.pem

Exit codes: 0 the certificate holds, 1 it does not, 2 usage`;

export interface VerifyFlags {
  readonly transcripts: string;
  readonly publicKey?: string;
}

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<certificate>', 'file that run --certificate wrote')
    .requiredOption('--transcripts <dir>', 'the transcripts that it is about')
    .option('--public-key <file>', 'the key that must have signed it: Ed25519, PEM')
    .addHelpText('after', examples)
    .action(async (file: string, flags: VerifyFlags) => {
      const { verifyFile } = await import('./verify-file.js');
      finish(await verifyFile(file, flags));
    });
}
