/** What a faulty twin is: the reference client with one decision made wrongly. */
import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';
import type { Attempts } from '../../client/attempts.js';
import type { Print } from '../../client/report-lines.js';
import type { Transport } from '../../client/transport.js';
import type { StreamOptions } from '../../client/types.js';

export type Fetch = typeof fetch;

/** What is changed of the reference. */
export interface ClientFault {
  readonly options?: StreamOptions;
  /** Stands between the client and the network. */
  readonly fetch?: (next: Fetch) => Fetch;
  /** Stands between the connection and the stream. */
  readonly transport?: (next: Transport, print: Print) => Transport;
  readonly attempts?: (options: StreamOptions) => Attempts;
  /** Stands between the client and whoever reads what it reports. */
  readonly lines?: (next: Print) => Print;
  /** Called when the page is hidden; the result ends the stream. */
  readonly onHide?: 'close';
}

export interface FaultyClient {
  /** Kebab case, unique. */
  readonly name: string;
  /** The requirement it is made to break. */
  readonly breaks: RequirementId<'client'>;
  /** Requirements that cannot be kept where the first is broken in this way. */
  readonly alsoBreaks?: readonly RequirementId<'client'>[];
  /** What it does, in one line. */
  readonly why: string;
  /** True where the fault shows in a page alone, which the program then plays. */
  readonly inPage?: true;
  /** Or a client of its own, which has nothing of the reference. */
  readonly program?: (url: string, print: Print) => void;
  /** Anew for each process, since a fault may have a memory; `folder` outlives the process where it was given. */
  readonly fault?: (folder: string | undefined) => ClientFault;
}

/** A client that does not take part; it may pass nothing but `mayPass`. */
export interface NullClient {
  readonly name: string;
  readonly why: string;
  readonly mayPass?: readonly RequirementId<'client'>[];
  run(url: string): void;
}
