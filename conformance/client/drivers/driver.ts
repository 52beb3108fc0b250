/** The contract of a client driver: the way in which a client under test plugs in. */
import type { Cue } from '../scenarios/scenario.js';

/** One line of a client's report as it came, unvalidated: schema `kit/client-report` is applied by the run. */
export interface ReportLine {
  readonly atMs: number;
  readonly value: unknown;
}

export interface ClientEnd {
  /** null where there is no process, or it was killed. */
  readonly exitCode: number | null;
  /** The last 4 KiB of what it wrote to its standard error, or to its console. */
  readonly stderr: string;
}

export interface ClientSession {
  /** Resolves when the client ended by itself (process exit, page closed) or was stopped. Never rejects. */
  readonly ended: Promise<ClientEnd>;
  /** Stops the client: the scenario is over. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Resolves when the client has had its turn, where the driver can tell: a slow one is waited for. Never rejects. */
  turn?(): Promise<void>;
  /**
   * Called once the client has sent a request, where the driver can tell how long its client could not run although it
   * was its turn. What it returns ends the watch, before `stop`, and resolves with the longest such time, milliseconds.
   * Never rejects.
   */
  watchLag?(): () => Promise<number>;
  /** Hides or wakes the client's page. Resolves with false where that is not possible. */
  cue?(cue: Cue): Promise<boolean>;
}

export interface ClientDriver {
  readonly name: 'command' | 'browser' | 'contract-service' | 'wire-only';
  /** True where the driver can pass on what the client reports. */
  readonly reports: boolean;
  /** False where somebody else starts the clients, whenever they like: then everything is on offer at once. */
  readonly starts: boolean;
  /** The client as the user named it, for the report. */
  readonly target: string;
  /** Starts one client for one scenario. Throws `KitError` where the client cannot be started at all. */
  start(
    url: string,
    scenario: string,
    onReport: (line: ReportLine) => void,
    clock: () => number,
  ): Promise<ClientSession>;
  /** Ends what the driver keeps for all scenarios (a browser, …). */
  close(): Promise<void>;
}
