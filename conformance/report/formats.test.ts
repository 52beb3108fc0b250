import { expect, it } from 'vitest';
import { findFormat, formatNames, isFormatName } from './formats.js';
import { context, hostileReport } from './testing/hostile.js';

it.each(formatNames)('%s gives the same text twice, which ends with a line feed', async (name) => {
  expect(isFormatName(name)).toBe(true);
  const render = await findFormat(name).load();
  const text = render(hostileReport, context);
  expect(text).toMatch(/\S\n$/);
  expect(render(hostileReport, context)).toBe(text);
});

it('knows no other name', () => {
  for (const name of ['', 'yaml', 'toString', '__proto__']) expect(isFormatName(name)).toBe(false);
});
