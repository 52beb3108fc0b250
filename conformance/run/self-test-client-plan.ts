/** Which scenarios show what a faulty client breaks: as few as will do, since each is a process. */
import { clientRuleBook } from '../client/rules/index.js';
import { ruleOf } from '../judge/report.js';
import type { Rules } from './judge-with.js';

/** What every client is judged by besides: whether it comes back at all, sends a cursor, and reads to the end. */
const GENERAL = ['whole', 'cut-after'];

const STATES = ['whole', 'cut-after', 'waiting', 'status-404', 'gap-always'];
const DELAYS = ['drop-always', 'cut-after', 'progress-resets', 'status-503', 'retry-floor', 'retry-short'];

/** Rules that look at more scenarios than are needed to catch a client. */
const FEWER: Readonly<Record<string, readonly string[]>> = {
  'HTTP-038': ['cut-after', 'cursor-survives'],
  'HTTP-039': ['cut-after', 'cursor-survives'],
  'RETRY-006': DELAYS,
  'RETRY-007': DELAYS,
  'RETRY-016': ['cut-after', 'progress-resets', 'stall', 'redirect-resumed'],
  'RETRY-019': ['cut-after'],
  'STATE-001': STATES,
  'STATE-002': STATES,
  'STATE-003': STATES,
  'STATE-007': STATES,
  'STATE-009': STATES,
};

/** What a client that does nothing is asked, in the hope that it passes something. */
const TEMPTING = [
  'whole',
  'cut-after',
  'stall',
  'complete-open',
  'heartbeats-only',
  'unknown-alive',
  'chunked-1',
  'big-1mib',
  'slow-open',
  'created-201',
  'status-404',
  'own-stream-id-1',
  'no-parameters',
  'after-complete',
];

/** What a sound client shows what it does in another way by. */
const TELLING = [
  ...['whole', 'cut-after', 'reset-after', 'stall', 'waiting', 'duplicates', 'numeric-ids', 'progress-resets'],
  ...['gap-once', 'gap-always', 'drop-always', 'drop-8', 'cursor-survives', 'status-404', 'status-503'],
  ...['retry-floor', 'malformed-once', 'unknown-type', 'comments', 'no-space', 'nul-id', 'cut-mid-event'],
  ...['cut-before-blank-line', 'gap-twice', 'gap-at-start', 'untyped', 'stall-at-start', 'retry-short', 'error-open'],
  ...['complete-open', 'cap-reached', 'error-in-band', 'finished-204', 'big-4mib', 'unknown-cursor'],
];

/** The rule on a requirement, so that a run for it alone plays what is needed to catch a client, and no more. */
export function rulesFor(requirement: string): Rules {
  const rule = ruleOf(clientRuleBook, requirement);
  const from = FEWER[requirement] ?? rule?.from ?? [];
  return rule === undefined ? {} : { [requirement]: { ...rule, from: [...new Set([...from, ...GENERAL])] } };
}

/** The same for a client that breaks nothing because it does nothing; the requirement is any. */
export function rulesForNobody(requirement: string): Rules {
  return rulesOver(requirement, TEMPTING);
}

/** The same for a client that breaks nothing because it is sound; the requirement is any. */
export function rulesForSound(requirement: string): Rules {
  return rulesOver(requirement, TELLING);
}

function rulesOver(requirement: string, from: readonly string[]): Rules {
  const rule = ruleOf(clientRuleBook, requirement);
  return rule === undefined ? {} : { [requirement]: { ...rule, from } };
}
