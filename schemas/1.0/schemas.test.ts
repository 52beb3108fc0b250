/** Holds the schemas themselves to the metaschema and to their conventions. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { groupOf, loadSchema, schemaNames, schemas } from './documents.js';
import { validate, validatePayload } from './index.js';
import { packageFile } from './package-root.js';

const ids = { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[A-Z]+-[0-9]{3}$' } } as const;
const byMember = { type: 'object', additionalProperties: ids } as const;
const annotation = { anyOf: [ids, { type: 'object', additionalProperties: { anyOf: [ids, byMember] } }] };

test('every schema file has a name, and every name a file', () => {
  const files = ['wire', 'kit'].flatMap((group) =>
    readdirSync(packageFile('schemas', '1.0', group)).map((file) => `${group}/${file}`),
  );
  expect(files.sort()).toEqual(schemaNames.map((name) => `${groupOf(name)}/${name}.json`).sort());
  expect(Object.keys(schemas).sort()).toEqual([...schemaNames].sort());
});

describe.each(schemaNames)('%s', (name) => {
  const schema = loadSchema(name);

  test('is valid against the metaschema and strict', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, discriminator: true });
    addFormats.default(ajv);
    ajv.addKeyword({ keyword: 'x-requirement', metaSchema: annotation });
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test('says what it is', () => {
    expect(schema.$id).toBe(`urn:resilient-sse:1.0:${groupOf(name)}:${name}`);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.title).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(schema.description).toMatch(/^[A-Z].*\.$/);
  });

  test('has examples that it accepts', () => {
    expect(schema.examples).toBeInstanceOf(Array);
    for (const example of Array.isArray(schema.examples) ? schema.examples : []) {
      expect(validate(name, example)).toEqual([]);
    }
  });

  test('charges only requirements that exist', () => {
    const index = JSON.stringify(JSON.parse(readFileSync(packageFile('spec', '1.0', 'requirements.json'), 'utf8')));
    const charged = JSON.stringify(schema, (key, value) => (key === 'examples' ? undefined : value)).match(
      /"[A-Z]+-[0-9]{3}"/g,
    );
    expect(charged !== null).toBe(groupOf(name) === 'wire');
    expect((charged ?? []).filter((id) => !index.includes(id))).toEqual([]);
  });
});

describe('validatePayload', () => {
  test('holds an event of an unknown type to what is true of every event', () => {
    expect(validatePayload('x-progress', { trace_id: 't', percent: 5 })).toEqual([]);
    expect(validatePayload('constructor', {})).toMatchObject([
      { requirements: ['EVENT-006'], keyword: 'minProperties' },
      { requirements: ['TRACE-003'], keyword: 'required', path: '/trace_id', actual: 'absent' },
    ]);
  });

  test.each([null, undefined, 1, 'text', [], [1], true, Number.NaN, Symbol.iterator])(
    'takes %s for no object',
    (value) => {
      for (const type of ['content_chunk', 'heartbeat', 'complete', 'error', 'message']) {
        expect(validatePayload(type, value)).toMatchObject([
          { requirements: ['EVENT-006'], keyword: 'type', path: '' },
        ]);
      }
    },
  );

  test('quotes no more of a value than a line', () => {
    const [violation] = validatePayload('error', {
      code: '!'.repeat(100_000),
      message: 'm',
      retryable: true,
      trace_id: 't',
    });
    expect(violation?.actual.length).toBeLessThan(200);
    expect(violation?.actual).toContain('(100000 characters)');
  });

  test('says what was expected in words', () => {
    const found = validatePayload('complete', { reason: 'stop', duration: -1, total_chunks: 1.5 });
    expect(Object.fromEntries(found.map(({ path, expected, actual }) => [path, [expected, actual]]))).toEqual({
      '/trace_id': ['a member "trace_id"', 'absent'],
      '/reason': [expect.stringContaining('done, duration_cap, length, cancelled'), '"stop"'],
      '/duration': ['a number of at least 0', '-1'],
      '/total_chunks': ['an integer', '1.5'],
    });
  });

  test('escapes the path to a member', () => {
    expect(validate('target', { url: 'http://a.test/', 'a/b~c': 1 })).toMatchObject([
      { path: '/a~1b~0c', actual: '1', requirements: [] },
    ]);
  });
});

test('what a third party sends by the thousand is not listed by the thousand', () => {
  const headers = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x y ${index}`, 1]));
  expect(validate('target', { url: 'http://a.test/', headers }).length).toBeLessThanOrEqual(50);
});

test('importing the schemas compiles and loads nothing', () => {
  const script = `
    import { validatePayload } from '${new URL('./index.ts', import.meta.url).pathname}';
    import { createRequire } from 'node:module';
    const { cache } = createRequire(import.meta.url);
    const loaded = () => Object.keys(cache).some((path) => path.includes('/ajv/'));
    const atFirst = loaded();
    validatePayload('heartbeat', {});
    console.log(JSON.stringify([atFirst, loaded()]));`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: packageFile(),
    encoding: 'utf8',
  });
  expect(child.stdout.trim(), child.stderr).toBe('[false,true]');
});
