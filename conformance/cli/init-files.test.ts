import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { validate } from '../../schemas/1.0/validate.js';
import { kitVersion } from '../run/kit-version.js';
import { type Answers, filesFor } from './init-files.js';

const url = 'http://127.0.0.1:8080/stream/search?query=tides';
const version = kitVersion();
const occasions = {
  cap: `${url}&occasion=cap`,
  error: `${url}&occasion=error`,
  evicted: `${url}&occasion=evicted`,
  conflict: url.replace('tides', 'currents'),
  create: url,
};
const server = { version, level: 'Resume', target: url, occasions } as const;
const start = `npx --yes resilient-sse@${version} serve --port 8080 --fast`;

/** A command with all that means something to a shell or to YAML. */
const client = `node "a b.js" --name 'it' # $HOME: {x} - [y]`;
const quoted = `--client 'node "a b.js" --name '\\''it'\\'' # $HOME: {x} - [y]' --level Core`;

describe('the files of init', () => {
  it('are a configuration that run reads, and a job', () => {
    const files = filesFor({ ...server, ci: 'github' });
    expect(Object.keys(files)).toEqual(['conformance.json', '.github/workflows/conformance.yml']);
    const configuration: unknown = JSON.parse(files['conformance.json'] ?? '');
    expect(validate('target', configuration)).toEqual([]);
    expect(configuration).toEqual({ url, occasions, level: 'Resume' });
    expect(files['conformance.json']).toBe(readFileSync(packageFile('docs', 'recipes', 'conformance.json'), 'utf8'));
    expect(filesFor({ ...server, occasions: {}, ci: 'none' })['conformance.json']).not.toContain('occasions');
  });

  it.each([
    ['github', '.github/workflows/conformance.yml', 'github-actions.yml'],
    ['gitlab', '.gitlab-ci.yml', 'gitlab-ci.yml'],
  ] as const)('are the recipe for %s', (ci, file, recipe) => {
    const text = filesFor({ ...server, start, ci })[file];
    expect(text).toBe(readFileSync(packageFile('docs', 'recipes', recipe), 'utf8'));
  });

  it.each<[Answers['ci'], string]>([
    ['github', 'run'],
    ['gitlab', 'script'],
  ])('carry a command for %s as it is, whatever stands in it', (ci, member) => {
    const [text = ''] = Object.values(filesFor({ version, level: 'Core', ci, client }));
    const found: unknown[] = [];
    JSON.stringify(parse(text), (name, value: unknown) => {
      if (name === member) found.push(...[value].flat());
      return value;
    });
    expect(found).toEqual([expect.stringContaining(`resilient-sse@${version} run ${quoted} \\\n  --report terminal`)]);
  });
});
