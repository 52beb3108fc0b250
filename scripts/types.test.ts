import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import type * as Evidence from '../conformance/evidence/types.js';
import type { Transcript } from '../schemas/1.0/types/transcript.js';
import { generateTypes } from './types.js';

test('the committed types are those of the schemas', async () => {
  const types = await generateTypes();
  expect(types.length).toBeGreaterThan(10);
  for (const { file, text } of types) {
    expect(readFileSync(join(import.meta.dirname, '..', 'schemas', '1.0', file), 'utf8'), file).toBe(text);
  }
});

test('a valid transcript is what the rules look at', () => {
  expectTypeOf<Transcript>().toExtend<Evidence.Transcript>();
  expectTypeOf<keyof Transcript>().toEqualTypeOf<keyof Evidence.Transcript>();
});
