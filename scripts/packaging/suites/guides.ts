/** A newcomer's walk through the guides: every block of `sh` in them is run, word for word and in order. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile, packageRoot } from '../../../schemas/1.0/package-root.js';
import { needs, type Program } from '../../testing/needs.js';
import { type Consumer, type Ended, freePort, onPort } from '../consumer.js';

/** These take the package, in an empty folder. */
const inFolder = ['in-ci', 'certify-a-client', 'read-a-report', 'certify-a-server', 'baselines'];

/** These are for those who work on the kit itself. */
const inCheckout = ['write-a-rule', 'publish-the-spec'];

/** What a guide has its reader use besides. */
const uses: Readonly<Record<string, Program>> = { 'in-ci': 'openssl', 'certify-a-server': 'curl' };

/** They mostly wait for streams to end, and judge nothing by time. */
const atOnce = 2;

export function describeGuides(consumer: () => Consumer): void {
  describe('guides', { timeout: 300_000 }, () => {
    const walks = new Map<string, Promise<Ended>>();

    beforeAll(() => {
      const lanes = Array.from({ length: atOnce }, () => Promise.resolve<unknown>(undefined));
      const walked = [...inFolder, ...inCheckout].filter((name) => lackOf(name) === undefined);
      for (const [index, name] of walked.entries()) {
        const lane = index % atOnce;
        const walk = (lanes[lane] ?? Promise.resolve()).then(() => take(name));
        lanes[lane] = walk.catch(() => undefined);
        walks.set(name, walk);
      }
    });
    afterAll(async () => {
      await Promise.allSettled(walks.values());
      consumer().stop();
    }, 300_000);

    async function take(name: string): Promise<Ended> {
      const text = readFileSync(packageFile('docs', 'guides', `${name}.md`), 'utf8');
      const cwd = inCheckout.includes(name) ? packageRoot() : consumer().subfolder(`guide-${name}`);
      return consumer().script(scriptOf(text, await freePort()), { cwd });
    }

    it.for([...inFolder, ...inCheckout])('%s', async (name, context) => {
      const lack = lackOf(name);
      if (lack !== undefined) context.skip(lack);
      const { code, output } = (await walks.get(name)) ?? {};
      expect(code, output).toBe(0);
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
