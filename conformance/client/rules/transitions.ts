/** The table of legal transitions of the client's states, as the spec's state machine has it. */

/** From each state, where it may go. Checked by a test against spec/1.0/state-machines/client.json. */
export const TRANSITIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['idle', ['connecting', 'closed']],
  ['connecting', ['open', 'reconnecting', 'completed', 'failed', 'closed']],
  ['open', ['waiting', 'reconnecting', 'completed', 'failed', 'closed']],
  ['waiting', ['open', 'reconnecting', 'failed', 'closed']],
  ['reconnecting', ['connecting', 'closed']],
  ['completed', []],
  ['failed', []],
  ['closed', []],
]);

export function isState(name: string): boolean {
  return TRANSITIONS.has(name);
}

export function isFinal(name: string): boolean {
  return TRANSITIONS.get(name)?.length === 0;
}
