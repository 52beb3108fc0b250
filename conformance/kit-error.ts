/** The one error class of the kit: a fault that is nobody's finding. */

/**
 * - `usage`: the caller asked for something that cannot be done (exit code 2);
 * - `unreachable`: the target could not be reached at all (exit code 4);
 * - `kit`: a fault of the kit or of this machine (exit code 3).
 */
export type KitErrorCode = 'usage' | 'unreachable' | 'kit';

/** `message` says in one line what was expected, what was seen and what to do next. */
export class KitError extends Error {
  override readonly name = 'KitError';
  readonly code: KitErrorCode;

  constructor(code: KitErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
