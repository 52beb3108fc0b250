/** All client scenarios, scaled down or in real time. */
import { answerScenarios } from './answers.js';
import { byteScenarios } from './bytes.js';
import { cutScenarios } from './cuts.js';
import { endScenarios } from './ends.js';
import { type Pace, REAL, SCALED } from './pace.js';
import type { ClientScenario } from './scenario.js';
import { silenceScenarios } from './silence.js';

function scenariosAt(pace: Pace): readonly ClientScenario[] {
  return [
    ...byteScenarios(pace),
    ...cutScenarios(pace),
    ...silenceScenarios(pace),
    ...endScenarios(pace),
    ...answerScenarios(pace),
  ];
}

/** Scaled down: for clients that take the times that a server declares. */
export const clientScenarios: readonly ClientScenario[] = scenariosAt(SCALED);

/** With the protocol's own times: for clients that know no others. */
export const realTimeScenarios: readonly ClientScenario[] = scenariosAt(REAL);
