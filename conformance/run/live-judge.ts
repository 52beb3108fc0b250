/** Reads transcripts while others are still being made, and tells a failure as soon as it can be seen. */
import { setImmediate } from 'node:timers/promises';
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Evidence, ScenarioView, Transcript } from '../evidence/types.js';
import { gatherEvidence, viewScenario } from '../evidence/views.js';
import { judgeOne, ruleOf } from '../judge/report.js';
import type { RequirementResult } from '../judge/verdict.js';
import type { Requirement } from '../spec/requirement.js';
import type { Rules } from './judge-with.js';
import { findRepetitions } from './repeat.js';

export interface LiveJudgeOptions {
  readonly rules: Rules;
  readonly requirements: readonly Requirement[];
  /** Names of all scenarios of the run, those that it leaves out included. */
  readonly scenarios: readonly string[];
  readonly asked: Report['asked'];
  /** Called once a requirement: early for a failure, else by `tell`. Absent where nobody watches. */
  readonly onVerdict?: (result: RequirementResult) => void;
}

/** Works in small steps between the arrivals of what is still being observed. */
export class LiveJudge {
  readonly #options: LiveJudgeOptions;
  readonly #views = new Map<string, ScenarioView>();
  readonly #looked = new Set<string>();
  readonly #told = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: LiveJudgeOptions) {
    this.#options = options;
  }

  /**
   * Takes in a transcript that is complete. A second attempt takes the place of the first. With `early` it is judged
   * at once where it can be; in a short run that would only take time from what is still being observed.
   */
  take(transcript: Transcript, early = false): void {
    this.#work = this.#work.then(async () => {
      const view = viewScenario(transcript);
      for (const connection of view.connections) {
        connection.events();
        await setImmediate();
      }
      this.#views.set(transcript.scenario, view);
      if (early && this.#options.onVerdict !== undefined) {
        await this.#lookForFailures();
      }
    });
  }

  /** The result of every requirement over all that was taken in, in their order. */
  async results(): Promise<readonly RequirementResult[]> {
    await this.#work;
    const evidence = this.#evidence();
    const results: RequirementResult[] = [];
    for (const requirement of this.#options.requirements) {
      results.push(judgeOne(requirement, { ...this.#options, evidence }));
      await setImmediate();
    }
    return results;
  }

  /** Tells those results that have not been told yet. */
  tell(results: readonly RequirementResult[]): void {
    for (const result of results.filter(({ id }) => !this.#told.has(id))) {
      this.#told.add(result.id);
      this.#options.onVerdict?.(result);
    }
  }

  /**
   * A rule may look beyond the scenarios that it names, so that a pass is known at the end alone; a failure that was
   * seen once stands.
   */
  async #lookForFailures(): Promise<void> {
    const evidence = this.#evidence();
    const ready = this.#options.requirements.filter(({ id }) => !this.#looked.has(id) && this.#isReady(id));
    for (const requirement of ready) {
      this.#looked.add(requirement.id);
      const result = judgeOne(requirement, { ...this.#options, evidence });
      const isSure = findRepetitions(this.#options.rules, [result], evidence.scenarios).size === 0;
      if (isSure && (result.verdict === 'fail' || result.verdict === 'warn')) {
        this.tell([result]);
      }
      await setImmediate();
    }
  }

  #isReady(id: string): boolean {
    const { rules, scenarios } = this.#options;
    const from = ruleOf(rules, id)?.from.filter((name) => scenarios.includes(name)) ?? [];
    return from.length > 0 && from.every((name) => this.#views.has(name));
  }

  #evidence(): Evidence {
    return gatherEvidence([...this.#views.values()]);
  }
}
