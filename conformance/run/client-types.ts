/** What a run against a client takes and tells while it works. */
import type { ClientDriver } from '../client/drivers/driver.js';
import type { Progress, RunOptions, RunResult } from './types.js';

export type ClientRunOptions = Pick<
  RunOptions,
  'spec' | 'level' | 'only' | 'strict' | 'acceptUnobserved' | 'quick' | 'shard' | 'signal'
> & {
  readonly driver: ClientDriver;
  /** Clients that run at the same time. */
  readonly concurrency: number;
  /** With the protocol's own times, for a client that does not read those that a server declares. */
  readonly realTime: boolean;
  /**
   * Bound on the whole run, milliseconds; what has not been played by then is left out. Default some times of what a
   * conforming client takes; none where the driver starts no clients.
   */
  readonly timeoutMs?: number;
  /** Where the scripted server listens; default a free port of 127.0.0.1. */
  readonly host?: string;
  readonly port?: number;
  /** With it the scripted server speaks TLS; PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
};

export type ClientProgress =
  | Progress
  /** The scripted server is up; for a driver that starts no clients this is what a person needs. */
  | {
      readonly kind: 'listening';
      /** A page with a link to each scenario. */
      readonly url: string;
      readonly scenarios: readonly { readonly name: string; readonly does: string; readonly url: string }[];
    }
  /** About how long it will take. */
  | { readonly kind: 'expected'; readonly ms: number };

/** `conformance/run/grade-client.ts` exports it as `gradeClient`. Throws `KitError` alone. */
export type GradeClient = (
  options: ClientRunOptions,
  onProgress?: (progress: ClientProgress) => void,
) => Promise<RunResult>;
