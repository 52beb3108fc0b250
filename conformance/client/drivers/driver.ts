/** The contract of a client driver: the way in which a client under test plugs in. */

/** One line of a client's report as it came, unvalidated: schema `kit/client-report` is applied by the run. */
export interface ReportLine {
  readonly atMs: number;
  readonly value: unknown;
}

export interface ClientSession {
  /** Resolves when the client ended by itself (process exit, page closed), with its exit code where it has one. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
  /** Stops the client: the scenario is over. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ClientDriver {
  readonly name: 'command' | 'browser' | 'contract-service' | 'wire-only';
  /** True where the driver can pass on what the client reports. */
  readonly reports: boolean;
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
