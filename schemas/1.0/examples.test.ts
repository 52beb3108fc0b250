/** Runs every example: the valid ones hold, the invalid ones break exactly the keywords that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { groupOf, isRecord, loadSchema, type SchemaName, schemaNames } from './documents.js';
import { packageFile } from './package-root.js';
import { type Violation, validate } from './validate.js';

interface InvalidExample {
  readonly why: string;
  readonly value: unknown;
  readonly violations: readonly Pick<Violation, 'path' | 'keyword'>[];
}

describe.each(schemaNames)('%s', (name) => {
  const valid = examplesOf(name, 'valid');
  const invalid = examplesOf(name, 'invalid');

  test('has examples of both kinds', () => {
    expect(valid.length).toBeGreaterThan(0);
    expect(invalid.length).toBeGreaterThan(0);
  });

  test.each(valid)('valid: %s', (_, value) => {
    expect(validate(name, value)).toEqual([]);
  });

  test.each(invalid)('invalid: %s', (_, content) => {
    const { why, value, violations } = asInvalidExample(content);
    expect(why).toMatch(/^[A-Z`].*\.$/);
    const found = validate(name, value).map(({ path, keyword, requirements }) => ({
      path,
      keyword,
      ...(groupOf(name) === 'wire' ? { requirements } : {}),
    }));
    expect(found.sort(byPlace)).toEqual([...violations].sort(byPlace));
  });
});

const wireSchemas = schemaNames.filter((name) => groupOf(name) === 'wire');

test.each(wireSchemas)('every keyword of %s is broken by an example, and charged', (name) => {
  const broken = new Set(examplesOf(name, 'invalid').flatMap(([, content]) => keywordsBrokenBy(name, content)));
  expect([...assertionsOf(loadSchema(name), '#')].filter((keyword) => !broken.has(keyword))).toEqual([]);
  expect(broken.size).toBeGreaterThan(5);
});

test.each(wireSchemas)('every violation of %s is charged to a requirement', (name) => {
  const found = examplesOf(name, 'invalid').flatMap(([, content]) => validate(name, asInvalidExample(content).value));
  expect(found.filter(({ requirements }) => requirements.length === 0)).toEqual([]);
});

function examplesOf(name: SchemaName, kind: 'valid' | 'invalid'): readonly (readonly [string, unknown])[] {
  const folder = packageFile('schemas', '1.0', 'examples', name, kind);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'))]);
}

function asInvalidExample(content: unknown): InvalidExample {
  if (!isInvalidExample(content)) {
    throw new Error('an invalid example is { why, value, violations }');
  }
  return content;
}

function isInvalidExample(content: unknown): content is InvalidExample {
  return (
    isRecord(content) && typeof content.why === 'string' && 'value' in content && Array.isArray(content.violations)
  );
}

function byPlace(a: Pick<Violation, 'path' | 'keyword'>, b: Pick<Violation, 'path' | 'keyword'>): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Places of failing keywords, a missing member each on its own, as a validator of its own sees them. */
function keywordsBrokenBy(name: SchemaName, content: unknown): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addKeyword('x-requirement');
  const check = ajv.compile(loadSchema(name));
  check(asInvalidExample(content).value);
  return (check.errors ?? []).map(({ schemaPath, params }) =>
    'missingProperty' in params ? `${schemaPath} ${params.missingProperty}` : schemaPath,
  );
}

const ANNOTATIONS = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'x-requirement', 'properties'];

/** Places of all keywords of a schema that can fail. */
function* assertionsOf(schema: unknown, place: string): Generator<string> {
  if (!isRecord(schema)) {
    return;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${place}/${keyword}`;
    if (keyword === 'properties') {
      yield* Object.entries(isRecord(value) ? value : {}).flatMap(([member, of]) => [
        ...assertionsOf(of, `${here}/${member}`),
      ]);
    } else if (keyword === 'allOf' && Array.isArray(value)) {
      yield* value.flatMap((part, index) => [...assertionsOf(part, `${here}/${index}`)]);
    } else if (keyword === 'then') {
      yield* assertionsOf(value, here);
    } else if (keyword === 'required' && Array.isArray(value)) {
      yield* value.map((member) => `${here} ${member}`);
    } else if (keyword !== 'if' && !ANNOTATIONS.includes(keyword)) {
      yield here;
    }
  }
}
