/** A newcomer's walk through the guides: every block of `sh` in them is run, word for word and in order. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile, packageRoot } from '../../../schemas/1.0/package-root.js';
import { findFreePort } from '../../testing/free-port.js';
import { needs, type Program } from '../../testing/needs.js';
import { type Consumer, onPort } from '../consumer.js';

/** These take the package, in an empty folder. */
const inFolder = ['in-ci', 'certify-a-client', 'read-a-report', 'certify-a-server', 'baselines'];

/** These are for those who work on the kit itself. */
const inCheckout = ['write-a-rule', 'publish-the-spec'];

/** What a guide has its reader use besides. */
const uses: Readonly<Record<string, Program>> = { 'in-ci': 'openssl', 'certify-a-server': 'curl' };

export function describeGuides(consumer: () => Consumer): void {
  describe.concurrent('guides', { timeout: 300_000 }, () => {
    it.for([...inFolder, ...inCheckout])('%s', async (name, context) => {
      const lack = lackOf(name);
      if (lack !== undefined) context.skip(lack);
      const text = readFileSync(packageFile('docs', 'guides', `${name}.md`), 'utf8');
      const isInCheckout = inCheckout.includes(name);
      const cwd = isInCheckout ? packageRoot() : consumer().subfolder(`guide-${name}`);
      // In the checkout others are at work, and nothing is left running.
      if (!isInCheckout) context.onTestFinished(() => consumer().stop(cwd));
      const { code, output } = await consumer().turns.take(async () =>
        consumer().script(scriptOf(text, await findFreePort()), { cwd }),
      );
      context.expect(code, output).toBe(0);
    });
  });
}

/** Why the walk cannot be taken on this machine; in CI that is a failure. */
function lackOf(name: string): string | undefined {
  const program = uses[name];
  const need = program === undefined ? undefined : needs(program);
  return need === undefined || need.met ? undefined : need.skip;
}

/** All blocks as one script, as they are typed into one shell; a block of `sh exit=1` has to end with that code. */
function scriptOf(guide: string, port: number): string {
  const blocks = [...guide.matchAll(/^```sh(?: exit=(\d))?\n(.*?)^```$/gms)];
  expect(blocks.length).toBeGreaterThan(0);
  const parts = blocks.map(([, exit = '0', commands = '']) => {
    const script = onPort(port, commands);
    // What is written for the reader names the usual port, too.
    const moved = /\binit --yes\b/.test(commands) ? `sed -i 's/8080/${port}/g' conformance.json\n` : '';
    return exit === '0' ? script + moved : `code=0\n(\n${script}) || code=$?\n[ "$code" -eq ${exit} ]\n`;
  });
  return `set -x\n${parts.join('')}`;
}
