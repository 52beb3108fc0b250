/** Plays single scenarios for tests, and ends them with the test. */
import { onTestFinished } from 'vitest';
import { BASE } from '../../scenarios/building-blocks.js';
import { SCALED } from '../../scenarios/pace.js';
import type { Answer, ClientScenario, Step } from '../../scenarios/scenario.js';
import type { Play, PlayOptions } from '../play.js';
import { ScriptedServer } from '../scripted-server.js';

export function scenarioOf(answers: readonly Answer[], varying: Partial<ClientScenario> = {}): ClientScenario {
  return {
    name: 'tested',
    does: 'is tested',
    parameters: SCALED.brisk,
    stream: BASE,
    answers,
    settleMs: 100,
    enoughRequests: 1_000,
    atMostMs: 10_000,
    ...varying,
  };
}

export function streamAnswer(...steps: readonly Step[]): Answer {
  return { kind: 'stream', steps };
}

export interface Staged {
  readonly server: ScriptedServer;
  readonly play: Play;
  readonly url: string;
}

export async function staged(scenario: ClientScenario, options: Partial<PlayOptions> = {}): Promise<Staged> {
  const server = await ScriptedServer.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { server, ...server.stage(scenario, { onCue: async () => false, ...options }) };
}
