/** The six scenarios of the resilience test report, with its targets as checks. */
import { FOUR_G, SLOW_3G, WIFI } from '../../conformance/faults/profiles.js';
import type { ScenarioMetrics } from '../../schemas/1.0/index.js';
import type { Observation } from './observe.js';
import { MESSAGES, type Stage } from './stage.js';

export interface Played {
  readonly metrics: ScenarioMetrics;
  /** What the report asks for, and whether it was so. */
  readonly checks: readonly (readonly [what: string, met: boolean])[];
  readonly observation: Observation;
}

export type Scenario = (stage: Stage) => Promise<Played>;

/** With the terminal event. */
const EVENTS = MESSAGES + 1;
/** The report's bound on every recovery. */
const RECONNECT_MS = 5000;
const BEFORE_HANDOFF = 20;
const LOSS_RATE = 0.1;

export const scenarios: Readonly<Record<string, Scenario>> = {
  async scenario_1_slow_3g(stage) {
    await stage.shape(SLOW_3G);
    const seen = await stage.run();
    return played(seen, {}, [['lasts longer than 500 ms', seen.durationMs > 500]]);
  },

  async scenario_2_stall_detection(stage) {
    const seen = await stage.run(once(BEFORE_HANDOFF, () => stage.proxy.breakStream('stall')));
    const [recoveryMs = Number.POSITIVE_INFINITY] = seen.reconnectsMs;
    const isShown = seen.messages.includes('Waiting for server response...');
    const figures = {
      stall_recovery_ms: Math.round(recoveryMs),
      ui_feedback: isShown ? 'Visible' : 'Missing',
      auto_reconnect: seen.states.includes('reconnecting'),
    };
    return played(seen, figures, [
      ['the stall is detected once', seen.stalls === 1],
      ['"Waiting for server response..." is shown', isShown],
      ['the client reconnects within 5 s', recoveryMs < RECONNECT_MS],
    ]);
  },

  async scenario_3_packet_loss(stage) {
    stage.proxy.lose(LOSS_RATE);
    // Late losses would not show any more; the first events are enough of a sample.
    const seen = await stage.run(once(EVENTS - 10, () => stage.proxy.lose(0)));
    return played(seen, { completion_after_replay_percent: completion(seen), gaps: seen.lost }, [
      ['nothing is missing after the replays', seen.lost === 0],
    ]);
  },

  async scenario_4_network_handoff(stage) {
    await stage.shape(WIFI);
    let before = 0;
    const seen = await stage.run(
      once(BEFORE_HANDOFF, (count) => {
        before = count;
        void handOff(stage);
      }),
    );
    const [recoveryMs = Number.POSITIVE_INFINITY] = seen.reconnectsMs;
    return played(
      seen,
      { total_events: EVENTS, received_events: seen.ids.length, recovery_ms: Math.round(recoveryMs) },
      [
        ['20 events came before the handoff', before === BEFORE_HANDOFF],
        ['the client reconnected by itself', seen.states.includes('reconnecting')],
        ['within 5 s', recoveryMs < RECONNECT_MS],
      ],
    );
  },

  async scenario_5_rapid_reconnects(stage) {
    const { backoffBaseMs } = stage.timing;
    const seen = await stage.run(
      once(BEFORE_HANDOFF, () => {
        // The first two attempts fail, so that the third has the third delay.
        stage.proxy.refuse(2);
        stage.proxy.breakAll('reset');
      }),
    );
    const expected = [backoffBaseMs, 2 * backoffBaseMs, 4 * backoffBaseMs];
    const within = seen.delaysMs.every((delayMs, n) => Math.abs(delayMs / (expected[n] ?? 0) - 1) <= 0.1);
    const unique = new Set(seen.delaysMs.map((delayMs, n) => delayMs / (expected[n] ?? 1))).size;
    return played(
      seen,
      {
        reconnect_attempts: seen.delaysMs.length,
        backoff_sequence: seen.delaysMs.map(Math.round),
        jitter_diversity_percent: (unique / Math.max(1, seen.delaysMs.length)) * 100,
        final_completion_percent: completion(seen),
      },
      [
        ['there are three attempts', seen.delaysMs.length === 3],
        ['their delays double, within a tenth', within],
        ['more than 80 % of the jitter is unique', unique / seen.delaysMs.length > 0.8],
      ],
    );
  },

  async scenario_6_user_experience(stage) {
    const seen = await stage.run(
      once(BEFORE_HANDOFF, () => {
        stage.proxy.refuse(1);
        stage.proxy.breakAll('reset');
      }),
    );
    stage.proxy.refuse(Number.POSITIVE_INFINITY);
    // A kept-alive connection would be let through.
    stage.proxy.breakAll('reset');
    const given = await stage.run();
    const wanted = [
      'Connection lost - attempting to reconnect...',
      'Waiting for server response... (retry 2/5)',
      'Connection restored - resuming stream...',
      'Response complete',
    ];
    const failure = 'Failed to connect. Please refresh.';
    const checks = [
      ...wanted.map((message) => [`"${message}" is shown`, seen.messages.includes(message)] as const),
      [`"${failure}" is shown`, given.state === 'failed' && given.messages.at(-1) === failure] as const,
    ];
    const missing = checks.filter(([, met]) => !met).length;
    const figures = {
      silent_failures: missing,
      visible_errors: missing === 0 ? 'All' : 'Not all',
      retry_indicator: seen.messages.some((message) => message.includes('(retry ')) ? 'Shown' : 'Missing',
    };
    return played(seen, figures, checks);
  },
};

/** Airplane mode for a moment, then another network. */
async function handOff(stage: Stage): Promise<void> {
  await stage.setOffline(true);
  stage.proxy.breakAll('reset');
  await stage.shape(FOUR_G);
  await new Promise((resolve) => setTimeout(resolve, stage.timing.backoffBaseMs / 2));
  await stage.setOffline(false);
}

function once(count: number, act: (count: number) => void): (count: number) => void {
  let done = false;
  return (now) => {
    if (now >= count && !done) {
      done = true;
      act(now);
    }
  };
}

function completion(seen: Observation): number {
  return (new Set(seen.ids).size / EVENTS) * 100;
}

/** Every scenario: complete, in order, nothing twice, nothing lost. */
function played(seen: Observation, figures: Partial<ScenarioMetrics>, own: Played['checks']): Played {
  const inOrder = seen.ids.every((id, index) => id === index + 1);
  const checks = [
    ['the stream completes', seen.state === 'completed'] as const,
    ['all events are delivered', completion(seen) === 100] as const,
    ['in order, and none twice', inOrder] as const,
    ...own,
  ];
  const metrics: ScenarioMetrics = {
    status: checks.every(([, met]) => met) ? 'PASS' : 'FAIL',
    completion_rate_percent: completion(seen),
    duplicates: seen.ids.length - new Set(seen.ids).size,
    message_loss: seen.lost,
    duration_ms: Math.round(seen.durationMs),
    ...figures,
  };
  return { metrics, checks, observation: seen };
}
