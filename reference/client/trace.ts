/** Trace ids as the protocol writes them. */

/** True for a trace id in the protocol's alphabet; what a server names another way is not shown to anybody. */
export function isTraceId(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(text);
}
