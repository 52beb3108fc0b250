import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandNames, runCommandLine } from './program.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command line prints, and its exit code. */
async function said(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  const written: string[] = [];
  const keep = (text: string | Uint8Array): boolean => {
    written.push(String(text));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  const code = await runCommandLine(argv);
  vi.restoreAllMocks();
  return { code, text: written.join('') };
}

describe('help', () => {
  it('names every command', async () => {
    const { code, text } = await said('--help');
    expect(code).toBe(0);
    for (const name of commandNames) expect(text).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each(commandNames.map((name) => [name]))('of %s has examples and fits 100 columns', async (name) => {
    const { code, text } = await said(name, '--help');
    expect(code).toBe(0);
    expect(text).toMatch(/^Usage: conformance /);
    expect(text).toMatch(new RegExp(`^Examples:\n(?:.*\n)*?  .*conformance ${name}\\b`, 'm'));
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it.each([
    [['run', '--targt', 'x'], '--target'],
    [['judg', 'x'], 'judge'],
  ])('suggests the nearest for %j', async (argv, nearest) => {
    const { code, text } = await said(...argv);
    expect(code).toBe(2);
    expect(text).toMatch(new RegExp(`^conformance: unknown .*did you mean ${nearest}\\?`));
    expect(text.trimEnd()).not.toContain('\n');
  });
});

describe('completion', () => {
  /** What bash offers for the last of the words. */
  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const { text } = await said('completion', 'bash');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `${text}\nCOMP_WORDS=(conformance ${quoted}); COMP_CWORD=${words.length}\n_conformance; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('offers commands, options, the values of options, and commands of commands', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining([...commandNames, '--help']));
    expect(await complete('com')).toEqual(['compare', 'completion']);
    expect(await complete('run', '--lev')).toEqual(['--level']);
    expect(await complete('run', '--level', 'L')).toEqual(['Live']);
    expect(await complete('run', '--only', '')).toEqual([]);
    expect(await complete('spec', '')).toEqual(['lint', 'diff']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('nothing', '')).toEqual([]);
  });

  it.each(['zsh', 'fish'])('writes every command and option for %s', async (shell) => {
    const { code, text } = await said('completion', shell);
    expect(code).toBe(0);
    for (const name of commandNames) expect(text).toContain(name);
    expect(text).toContain(shell === 'zsh' ? "'*--level[the level asked for" : "-l level -x -a 'Core Live Resume'");
  });

  it('refuses another shell', async () => {
    expect(await said('completion', 'csh')).toMatchObject({
      code: 2,
      text: expect.stringContaining('bash, zsh, fish'),
    });
  });
});
