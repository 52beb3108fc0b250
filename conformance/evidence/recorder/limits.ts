/** Bounds on what a target can make the kit hold, and for how long it waits. */

export interface RecorderLimits {
  /** Body of one connection, after content decoding. */
  readonly bodyBytes: number;
  /** Arrivals of one connection; a target that sends single bytes must not fill the memory with bookkeeping. */
  readonly chunks: number;
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
  headBytes: 64 * 1024,
  interimAnswers: 64,
  headTimeoutMs: 10_000,
};

/** Bodies of a whole run: stored as base64 and read once more as text they stay below 256 MB of memory. */
export const RUN_BODY_BYTES = 48 * 1024 * 1024;

/** A number of bytes that several connections share. */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes `bytes` and says whether they were there. */
  take(bytes: number): boolean {
    if (bytes > this.#left) {
      return false;
    }
    this.#left -= bytes;
    return true;
  }
}
