/** What a faulty twin is: the reference server with one decision made wrongly. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';
import type { Authorize, Settings, StreamRequest } from '../../server/index.js';
import type { ServerProtocol } from '../../server/protocol.js';
import type { TextOptions } from './text.js';

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Occasions that a twin can offer beside its own URL. */
type OccasionName = 'cap' | 'error' | 'evicted' | 'long' | 'flood' | 'create' | 'conflict' | 'limit' | 'injection';

/** What is changed of the reference. */
export interface Fault {
  readonly protocol?: Partial<ServerProtocol>;
  readonly settings?: Partial<Settings>;
  readonly text?: Partial<TextOptions>;
  readonly authorize?: Authorize;
  /** Stands between the network and the reference. */
  readonly around?: (next: Listener) => Listener;
  /** Forgets a stream at once, as a store that has lost it; set by the site. */
  readonly onStore?: (forget: (streamId: string) => void) => void;
}

export interface FaultyServer {
  /** Kebab case, unique. */
  readonly name: string;
  /** The requirement it is made to break. */
  readonly breaks: RequirementId<'server'>;
  /** Requirements that cannot be kept where the first is broken in this way. */
  readonly alsoBreaks?: readonly RequirementId<'server'>[];
  /** What it does, in one line. */
  readonly why: string;
  readonly occasions?: readonly OccasionName[];
  /** Credentials that it asks for: those of its user, and of another one. Test values, no secrets. */
  readonly credentials?: { readonly own: string; readonly other?: string };
  /** Listens on a port of its own and speaks HTTP/2 alone; `fault` is then its own matter. */
  readonly http2?: () => Server;
  /** Whether it can be told to shut down. */
  readonly shutsDown?: boolean;
  /** Or a function of it, where the fault has a memory. */
  readonly fault: Fault | (() => Fault);
}

/** Values of a query parameter of a request. */
export function queryOf(request: Pick<IncomingMessage, 'url'>): URLSearchParams {
  return new URLSearchParams((request.url ?? '').replace(/^[^?]*/, ''));
}

export function streamIdOf(request: Pick<StreamRequest, 'url'>): string {
  return request.url.searchParams.get('stream_id') ?? '';
}

/** True for a request that carries a cursor. */
export function resumes(request: IncomingMessage): boolean {
  return (request.headers['last-event-id'] ?? '') !== '' || queryOf(request).has('last_event_id');
}

/** The members of data that the reference made, some of them replaced; undefined leaves one out. */
export function changed(data: object, members: Readonly<Record<string, unknown>>): object {
  return { ...data, ...members };
}
