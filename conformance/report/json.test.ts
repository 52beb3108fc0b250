import { expect, it } from 'vitest';
import { validate } from '../../schemas/1.0/validate.js';
import { renderJson } from './json.js';
import { reportWith } from './testing/fixture.js';

it('is the report itself, of its schema', () => {
  const report = reportWith({ 'CAP-001': { verdict: 'not-observed', reason: 'Give one.' } });
  const text = renderJson(report, { columns: 80, colour: true, unicode: true, verbose: true });
  const parsed: unknown = JSON.parse(text);
  expect(parsed).toEqual(report);
  expect(validate('report', parsed)).toEqual([]);
  expect(text.endsWith('}\n')).toBe(true);
});
