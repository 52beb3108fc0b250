/** The one error class of the client. */

/** Codes the client itself gives (spec: codes of failure); a server's `error` event brings its own. */
export type ClientErrorCode =
  | 'attempts'
  | 'http_status'
  | 'media_type'
  | 'gap'
  | 'protocol'
  | 'too_large'
  /** The server's `error` event named no code. */
  | 'x-no-code';

/** Why a stream failed: `code` names the cause (STATE-008), `retryable` tells whether a NEW stream may succeed. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(
    code: ClientErrorCode | (string & {}),
    message: string,
    retryable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
  }
}
