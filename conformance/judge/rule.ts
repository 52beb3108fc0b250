/** A rule: a pure function from evidence to sightings of ONE requirement. */
import type { RequirementId } from '../../schemas/1.0/types/requirement-id.js';
import type { ConnectionView, Evidence } from '../evidence/types.js';
import type { WireEvent } from '../wire/types.js';

type Role = 'server' | 'client';

/** Where something was seen, exact enough to find the bytes in the transcript. */
export interface Place {
  readonly scenario: string;
  readonly connection?: string;
  readonly atMs?: number;
  /** Byte offset in the body. */
  readonly offset?: number;
  /** The bytes as text, at most 300 characters. */
  readonly excerpt?: string;
}

/**
 * One look at one occasion. A rule that yields none has not observed its requirement: the judge never turns silence
 * into a pass.
 */
export type Sighting =
  | { readonly kind: 'right'; readonly at: Place }
  | {
      readonly kind: 'wrong';
      readonly at: Place;
      /** What the requirement asks for here, with numbers. */
      readonly expected: string;
      /** What was seen here, with numbers. */
      readonly actual: string;
    }
  | { readonly kind: 'not-applicable'; readonly reason: string };

export interface Rule {
  /** Names of the scenarios that give the occasion. */
  readonly from: readonly string[];
  /** What is looked at, one sentence for `explain`. */
  readonly observes: string;
  /** What the owner of the target does so that it can be observed; the hint of `not-observed`. */
  readonly occasion: string;
  /** How a failure is usually mended, one sentence. */
  readonly mend: string;
  /** True where the verdict depends on arrival times: a lagging kit then reports `inconclusive`, never `fail`. */
  readonly timed?: boolean;
  /** Pure: no I/O, no clock. `evidence` holds all scenarios; a rule reads those of `from`. */
  judge(evidence: Evidence): Iterable<Sighting>;
}

/** Requirement ids of one area and role, such as `HEARTBEAT-001`. */
export type IdOf<R extends Role, A extends string> = Extract<RequirementId<R>, `${A}-${string}`>;

export type RuleBook<R extends Role, A extends string> = { readonly [K in IdOf<R, A>]?: Rule };

/** Rules on servers of one chapter; the compiler refuses an id of another chapter or role. */
export function serverRules<A extends string>(_area: A, book: RuleBook<'server', A>): RuleBook<'server', A> {
  return book;
}

/** Rules on clients of one chapter. */
export function clientRules<A extends string>(_area: A, book: RuleBook<'client', A>): RuleBook<'client', A> {
  return book;
}

/** The place of a connection, or of an event on it. */
export function placeOf(connection: ConnectionView, event?: WireEvent): Place {
  const base = { scenario: connection.scenario, connection: connection.label };
  if (event === undefined) {
    return { ...base, atMs: connection.response?.atMs ?? connection.end.atMs };
  }
  return { ...base, atMs: event.atMs, offset: event.offset, excerpt: excerptOf(event) };
}

export function right(at: Place): Sighting {
  return { kind: 'right', at };
}

export function wrong(at: Place, expected: string, actual: string): Sighting {
  return { kind: 'wrong', at, expected, actual };
}

/** `right` where `ok`, else `wrong`; the texts are made only when needed. */
export function sighting(ok: boolean, at: Place, expected: () => string, actual: () => string): Sighting {
  return ok ? right(at) : wrong(at, expected(), actual());
}

export function notApplicable(reason: string): Sighting {
  return { kind: 'not-applicable', reason };
}

function excerptOf(event: WireEvent): string {
  const head = event.typeField === null ? '' : `event: ${event.typeField} · `;
  const id = event.id === null ? '' : `id: ${event.id} · `;
  return `${head}${id}data: ${event.data}`.slice(0, 300);
}
