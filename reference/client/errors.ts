/** The one error class of the client. */

/** Codes the client itself gives; a server's `error` event brings its own. */
export type ClientErrorCode =
  | 'attempts_exhausted'
  | 'request'
  | 'http_status'
  | 'media_type'
  | 'protocol_error'
  | 'gap'
  | 'event_too_large';

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
