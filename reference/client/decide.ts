/** What follows from the end of a connection: another attempt, the end, or failure. */
import type { ConnectionEnd } from './transport.js';

export type Decision =
  | { readonly next: 'retry'; readonly message: string; readonly retryAfter: string | null }
  | { readonly next: 'finished' }
  | {
      readonly next: 'fail';
      readonly code: 'http_status' | 'media_type' | 'too_large';
      readonly message: string;
    };

// RETRY-002
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

export function decideAfter(end: ConnectionEnd): Decision {
  switch (end.kind) {
    case 'cut':
      // RETRY-001
      return { next: 'retry', message: end.message, retryAfter: null };
    case 'too-large':
      // EVENT-025
      return { next: 'fail', code: 'too_large', message: end.message };
    case 'media-type':
      // RETRY-005
      return { next: 'fail', code: 'media_type', message: `expected text/event-stream, got ${end.mediaType}` };
    case 'status':
      return afterStatus(end.status, end.retryAfter);
  }
}

function afterStatus(status: number, retryAfter: string | null): Decision {
  // RETRY-003
  if (status === 204) {
    return { next: 'finished' };
  }
  if (RETRIED.has(status)) {
    return { next: 'retry', message: `the server answered ${status}`, retryAfter };
  }
  // RETRY-004
  return { next: 'fail', code: 'http_status', message: `expected status 200, got ${status}` };
}
