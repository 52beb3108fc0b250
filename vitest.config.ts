/**
 * Three groups of tests: `unit` in parallel; then `e2e` (processes, browsers, services, timing) one file at a time; then
 * `pages`, end to end as well but for what does not depend on time, in parallel.
 */
import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', 'dist/**', 'docs/results/**', 'docs/site/dist/**'];
const endToEnd = '**/*.e2e.test.{ts,tsx}';
const timeless = [
  'scripts/packaging/packed.e2e.test.ts',
  'docs/site/**/*.e2e.test.ts',
  'conformance/report/**/*.e2e.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './scripts/testing/tally-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['conformance/**/*.ts', 'reference/**/*.{ts,tsx}', 'schemas/**/*.ts', 'scripts/**/*.ts'],
      exclude: ['**/*.test.{ts,tsx}', 'schemas/1.0/types/**', 'reference/faulty/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...everywhere, endToEnd],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: [endToEnd],
          exclude: [...everywhere, ...timeless],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // What measures time must not compete with another file for the two cores of a small machine.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'pages',
          include: timeless,
          exclude: everywhere,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
