/** Bounds on what a target can make the kit hold, and for how long it waits. */

export interface RecorderLimits {
  /** Body of one connection, after content decoding. */
  readonly bodyBytes: number;
  /** Arrivals of one connection; a target that sends single bytes must not fill the memory with bookkeeping. */
  readonly chunks: number;
  /** Bytes without an event: one that is larger could only be meant to fill a memory. */
  readonly eventBytes: number;
  /** Events of one connection: each costs every rule some time. */
  readonly events: number;
  /** Head of an answer, as node:http counts it. */
  readonly headBytes: number;
  /** Interim answers (1xx) before the real one. */
  readonly interimAnswers: number;
  /** From the request to the head of the answer: connecting and the TLS handshake included. */
  readonly headTimeoutMs: number;
}

export const RECORDER_LIMITS: RecorderLimits = {
  bodyBytes: 16 * 1024 * 1024,
  chunks: 200_000,
  eventBytes: 1024 * 1024,
  events: 20_000,
  headBytes: 64 * 1024,
  interimAnswers: 64,
  headTimeoutMs: 10_000,
};

/** Bodies of a whole run: stored as base64 and read once more as text they stay below 256 MB of memory. */
const RUN_BODY_BYTES = 24 * 1024 * 1024;

/** Past the first events of a connection they are this long on average, as any that carries JSON is; bytes. */
export const SHORTEST_EVENT_BYTES = 40;
export const FIRST_EVENTS = 2000;

/** Events of a whole run: judged within seconds. */
const RUN_EVENTS = 100_000;

/** A number of bytes or events that several connections share. */
class Budget {
  #left: number;

  constructor(amount: number) {
    this.#left = amount;
  }

  /** Takes an amount and says whether it was there. */
  take(amount: number): boolean {
    if (amount > this.#left) {
      return false;
    }
    this.#left -= amount;
    return true;
  }
}

/** What all connections of a run may take together. */
export interface RunBudgets {
  readonly bytes: Budget;
  readonly events: Budget;
}

export function createRunBudgets(bytes: number = RUN_BODY_BYTES, events: number = RUN_EVENTS): RunBudgets {
  return { bytes: new Budget(bytes), events: new Budget(events) };
}
