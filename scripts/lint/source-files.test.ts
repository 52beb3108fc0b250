import { expect, it } from 'vitest';
import { sourceFileFaults } from './source-files.js';

it('wants a sentence at the top, after a shebang too', () => {
  expect(sourceFileFaults('conformance/cli/main.ts', '#!/usr/bin/env node\n/** The program. */\n')).toEqual([]);
  expect(sourceFileFaults('conformance/cli/main.ts', 'import "x";\n')).toHaveLength(1);
});

it('asks no sentence of a test', () => {
  expect(sourceFileFaults('conformance/cli/main.test.ts', 'import "x";\n')).toEqual([]);
});

it('refuses names that say nothing', () => {
  const text = '/** Something. */\n';
  expect(sourceFileFaults('conformance/cli/utils.ts', text)).toHaveLength(1);
  expect(sourceFileFaults('conformance/utils/text.ts', text)).toHaveLength(1);
  expect(sourceFileFaults('conformance/cli/butils.ts', text)).toEqual([]);
});
