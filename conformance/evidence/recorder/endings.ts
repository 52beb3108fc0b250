/** Names how a connection ended from what Node says about it. */
import type { EndingWithoutTime } from './exchange.js';

const KIND_OF_CODE: Readonly<Record<string, EndingWithoutTime['kind']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOENT: 'refused',
  ETIMEDOUT: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EPROTO: 'tls',
  HPE_HEADER_OVERFLOW: 'limit',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'limit',
  HPE_INVALID_EOF_STATE: 'truncated',
};

const TLS_CODE = /^ERR_(TLS|SSL)_|CERT|^UNABLE_TO_|^CRL_|HOSTNAME_MISMATCH|SELF_SIGNED|^INVALID_(CA|PURPOSE)/;

/** The ending that an error of a socket, of TLS or of the HTTP parser stands for. */
export function endingOfError(error: unknown): EndingWithoutTime {
  const code = codeOf(error);
  const detail = detailOf(error, code);
  if (code === 'ECONNRESET' && !isOfSocket(error)) {
    return { by: 'target', kind: detail.includes('TLS') ? 'tls' : 'truncated', detail };
  }
  const known = Object.hasOwn(KIND_OF_CODE, code) ? KIND_OF_CODE[code] : undefined;
  if (known !== undefined) {
    return { by: known === 'limit' ? 'kit' : 'target', kind: known, detail };
  }
  if (TLS_CODE.test(code)) {
    return { by: 'target', kind: 'tls', detail };
  }
  return { by: 'target', kind: 'malformed', detail };
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) {
    return '';
  }
  return typeof error.code === 'string' ? error.code : '';
}

/** Node says ECONNRESET of its own where the other side closed early; only what the socket said has a system call. */
function isOfSocket(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

/** One line, bounded. `AggregateError` (several addresses tried) has no message of its own. */
function detailOf(error: unknown, code: string): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const message = first instanceof Error ? first.message : String(first);
  const line = (message === '' ? code : message).replace(/\s+/g, ' ').trim();
  return line.slice(0, 200);
}
