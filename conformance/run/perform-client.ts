/** Plays one scenario to a client and returns its transcript, whatever happens. */
import type { ClientDriver, ClientEnd, ClientSession, ReportLine } from '../client/drivers/driver.js';
import { ReportIntake } from '../client/drivers/report-intake.js';
import type { ClientScenario } from '../client/scenarios/scenario.js';
import type { Play } from '../client/stage/play.js';
import type { ScriptedServer } from '../client/stage/scripted-server.js';
import type { LagMonitor } from '../evidence/recorder/lag.js';
import type { Transcript } from '../evidence/types.js';

/** What all scenarios of a run share. */
export interface ClientRunContext {
  readonly driver: ClientDriver;
  readonly server: ScriptedServer;
  readonly spec: string;
  readonly kit: string;
  readonly lag: LagMonitor;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
}

/** A scenario that is on offer. */
export interface StagedScenario {
  readonly play: Play;
  readonly url: string;
  /** Starts the client and waits until the scenario is over. Throws `KitError` where no client can be started. */
  perform(attempt: 1 | 2): Promise<Transcript>;
}

/** Between the end of a process and the end of its connections. */
const SOCKETS_MS = 500;

export function stageClientScenario(scenario: ClientScenario, context: ClientRunContext): StagedScenario {
  const { driver, server } = context;
  let cue: (name: 'hide' | 'wake') => Promise<boolean> = async () => false;
  let onQuiet = async (): Promise<number> => 0;
  const intake = new ReportIntake();
  const { play, url } = server.stage(scenario, {
    onCue: (name) => cue(name),
    isBusy: intake.isBusy,
    onQuiet: () => onQuiet(),
    startsBySelf: driver.starts,
  });
  return {
    play,
    url,
    async perform(attempt) {
      const startedAtMs = performance.now();
      const onReport = (line: ReportLine): void => {
        if (intake.take(line)) {
          play.heard();
        }
      };
      const start = () => driver.start(url, scenario.name, onReport, () => play.clock.now());
      const over = ({ ended }: ClientSession) =>
        Promise.race([ended.then((): 'client' => 'client'), play.settled(context.signal)]);
      let session = await start();
      cue = async (name) => (await session.cue?.(name)) ?? false;
      onQuiet = async () => {
        const askedAtMs = play.clock.now();
        await session.turn?.();
        return play.clock.now() - askedAtMs;
      };
      const watches: (() => Promise<number>)[] = [];
      let isOver = false;
      const watch = (): void => {
        const end = isOver ? undefined : session.watchLag?.();
        if (end !== undefined) {
          watches.push(end);
        }
      };
      // A process that starts waits for a processor anyway.
      void play.asked.then(watch);
      let how = await over(session);
      if (scenario.startsAgain === true && how === 'client' && driver.starts && !context.signal.aborted) {
        play.notes['started-again-atMs'] = Math.round(play.clock.now());
        session = await start();
        watch();
        how = await over(session);
      }
      const endedAtMs = play.clock.now();
      if (how === 'client') {
        await play.quiesce(SOCKETS_MS);
      }
      // Connections first: what a client does because it is being stopped is none of its behaviour.
      const connections = play.close();
      isOver = true;
      const lagsMs = await Promise.all(watches.map((end) => end()));
      await session.stop();
      const end = await session.ended;
      const lagMs = Math.max(...lagsMs, context.lag.maxSince(startedAtMs));
      Object.assign(play.notes, {
        driver: driver.name,
        reports: driver.reports,
        ended: context.signal.aborted ? 'stopped' : how,
        settledMs: Math.round(endedAtMs),
        ...(driver.name === 'browser' && end.stderr !== '' ? { console: end.stderr } : {}),
        ...(intake.ignored === 0 ? {} : { reportsIgnored: intake.ignored }),
      });
      const outcome = outcomeOf(play, how, context.signal);
      return {
        ...frameOf(scenario, context, attempt),
        startedAt: play.clock.startedAt,
        streamId: play.state.isNamed ? play.state.streamId : null,
        notes: play.notes,
        connections,
        ...(driver.reports ? { reports: intake.reports.filter(({ atMs }) => atMs <= endedAtMs + SOCKETS_MS) } : {}),
        ...(driver.name === 'command' ? { process: processOf(end) } : {}),
        lagMs,
        ...outcome,
      };
    },
  };
}

/** The transcript of a scenario that was not played. */
export function skipClientScenario(scenario: ClientScenario, context: ClientRunContext, reason: string): Transcript {
  return {
    ...frameOf(scenario, context, 1),
    startedAt: new Date().toISOString(),
    streamId: null,
    notes: {},
    connections: [],
    lagMs: 0,
    outcome: 'skipped',
    reason,
  };
}

function outcomeOf(play: Play, how: string, signal: AbortSignal): Pick<Transcript, 'outcome' | 'reason'> {
  if (play.notes.fault !== undefined) {
    return { outcome: 'kit-error', reason: String(play.notes.fault) };
  }
  if (signal.aborted) {
    return { outcome: 'timeout', reason: "the run's time was up" };
  }
  if (how === 'bound') {
    return { outcome: 'timeout', reason: `the client was still busy after ${play.scenario.atMostMs / 1000} s` };
  }
  return play.requests === 0 ? { outcome: 'done', reason: 'the client sent no request' } : { outcome: 'done' };
}

function processOf({ exitCode, stderr }: ClientEnd): NonNullable<Transcript['process']> {
  return { exitCode, stderr };
}

function frameOf(scenario: ClientScenario, context: ClientRunContext, attempt: number) {
  return {
    schema: 'resilient-sse/transcript/1',
    spec: context.spec,
    kit: context.kit,
    role: 'client',
    scenario: scenario.name,
    attempt,
    target: context.driver.target,
    occasion: null,
  } as const;
}
