/** The six scenarios of the resilience test report, end to end. */
import { describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/index.js';
import { needs } from '../testing/needs.js';
import { playAll, SCALED, type Where } from './play.js';
import { scenarios } from './scenarios.js';

const chromium = needs('chromium');

async function expectAllMet(where: Where): Promise<void> {
  const { metrics, failures } = await playAll([where], SCALED);
  expect(failures).toEqual([]);
  expect(isOfSchema('metrics', metrics)).toBe(true);
  expect(Object.keys(metrics.scenarios)).toEqual(Object.keys(scenarios));
  expect(metrics.aggregate_metrics).toMatchObject({
    mean_completion_rate_percent: 100,
    total_message_loss: 0,
    total_duplicates: 0,
  });
}

it('are met in Node, through a proxy that breaks', () => expectAllMet('node'));

describe.skipIf(!chromium.met)('in Chromium', () => {
  it('are met', () => expectAllMet('chromium'));
});
