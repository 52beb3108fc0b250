import { expect, test } from 'vitest';
import { validate } from '../../schemas/1.0/validate.js';
import { findProfile, needsPlainHttp, profiles } from './profiles.js';

test.each(Object.entries(profiles))('%s is of the schema', (_name, profile) => {
  expect(validate('faults', profile)).toEqual([]);
});

test('are found by name alone', () => {
  expect(findProfile('lossy')).toBe(profiles.lossy);
  expect(findProfile('constructor')).toBeUndefined();
});

test('say what cannot be seen behind TLS', () => {
  const hidden = Object.entries(profiles).filter(([, profile]) => needsPlainHttp(profile));
  expect(Object.keys(profiles).filter((name) => !hidden.some(([other]) => other === name))).toEqual([
    'slow-3g',
    'offline',
    'cut',
  ]);
});
