/** The reference server gets A+ in every way it can be mounted. */
import { describe, expect, it } from 'vitest';
import { needs } from '../testing/needs.js';
import { certify, faultsOf } from './certify.js';
import { mounts } from './mounts.js';

describe('the reference server', () => {
  for (const [name, mount] of Object.entries(mounts)) {
    it(`gets A+: ${name}`, async (context) => {
      const missing = mount.needs.map((program) => needs(program)).find(({ met }) => !met);
      if (missing && !missing.met) context.skip(missing.skip);
      const report = await certify(mount);
      expect(report.grade, faultsOf(report).join('\n')).toBe('A+');
      expect(report.summary).toMatchObject({ fail: 0, warn: 0, inconclusive: 0, 'kit-error': 0 });
    });
  }
});
