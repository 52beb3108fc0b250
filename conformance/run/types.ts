/** What a run takes and tells while it works. The run itself prints nothing. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { ConnectOptions } from '../evidence/recorder/connect.js';
import type { Header, Transcript } from '../evidence/types.js';
import type { OccasionName } from '../server/scenarios/scenario.js';
import type { Shard } from './shard.js';

export type Level = 'Core' | 'Live' | 'Resume';

/** A target as the user gave it, checked. Secrets live here only and never leave through a transcript or report. */
export interface ServerTarget {
  /** `{stream_id}` is filled in; without it `stream_id` is appended as a query parameter. */
  readonly url: string;
  /** URLs for occasions that `url` does not give. */
  readonly occasions: Readonly<Partial<Record<OccasionName, string>>>;
  /** Sent on every request; values are secret. */
  readonly headers: readonly Header[];
  /** Credentials of a second principal, for HTTP-033; values are secret. */
  readonly otherHeaders?: readonly Header[];
  /** False for `--no-stream-id`: the URL is left alone and the server's `X-Stream-ID` is used to resume. */
  readonly choosesStreamId: boolean;
  /** How a stream is created where that takes a POST; the target then names its URL in `Content-Location`. */
  readonly creation?: { readonly method: 'POST'; readonly body?: string; readonly contentType?: string };
  /** How it is reached, where that is not plain. */
  readonly connect?: ConnectOptions;
}

export interface RunOptions {
  readonly target: ServerTarget;
  readonly spec: string;
  readonly level: Level;
  /** Requirement ids or area prefixes (`HEARTBEAT`); empty for all. */
  readonly only: readonly string[];
  readonly strict: boolean;
  /** Ids that may stay unobserved. */
  readonly acceptUnobserved: readonly string[];
  /** Requests that wait for their answer at the same time: the pace at which connections are opened. */
  readonly concurrency: number;
  /**
   * Connections open at the same time, for a target that cannot bear many (scenario `readers` apart, which is about
   * many). The run then lasts as long as it has to; without it everything is observed within one cap.
   */
  readonly maxOpen?: number;
  /** Bound on the whole run, milliseconds; default the declared cap plus a margin. */
  readonly timeoutMs?: number;
  /** Leaves out what lasts until the cap. */
  readonly quick: boolean;
  /** Tells the target to shut down, for the scenario `shutdown`, which runs last. */
  readonly shutdown?: () => Promise<void>;
  /** True where this process grades many targets at once: that it waits for a processor then tells nothing. */
  readonly keepsBusy?: boolean;
  /** Plays the scenarios of this shard alone; the report of such a run says little. */
  readonly shard?: Shard;
  readonly signal?: AbortSignal;
}

export type Progress =
  | { readonly kind: 'planned'; readonly scenarios: readonly string[] }
  /** The target declared its cap: the run ends within `boundMs` of its start. */
  | { readonly kind: 'bounded'; readonly boundMs: number }
  | { readonly kind: 'scenario-started'; readonly name: string; readonly does: string }
  | { readonly kind: 'scenario-ended'; readonly name: string; readonly outcome: Transcript['outcome'] }
  | { readonly kind: 'verdict'; readonly requirement: Report['requirements'][number] };

export interface RunResult {
  readonly report: Report;
  readonly transcripts: readonly Transcript[];
  /** Those notes of the report that the transcripts do not tell. */
  readonly notes: readonly string[];
}

/** `conformance/run/grade-server.ts` exports it as `gradeServer`. Throws `KitError` alone. */
export type GradeServer = (options: RunOptions, onProgress?: (progress: Progress) => void) => Promise<RunResult>;
