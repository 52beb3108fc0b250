/** Builds the URL of a request from the target's, a stream id and a cursor. */

const PLACEHOLDER = /\{stream_id\}|%7Bstream_id%7D/gi;

export interface Address {
  /** Filled into `{stream_id}`, or added as `stream_id`; null leaves it out. Percent-encoded here. */
  readonly streamId: string | null;
  /** Added as `last_event_id`, repeated for each. */
  readonly cursors: readonly string[];
}

/** The URL to request; what the user wrote in the query stays as it is. */
export function addressOf(target: string, { streamId, cursors }: Address): URL {
  const id = encodeURIComponent(streamId ?? '');
  const filled = target.replace(PLACEHOLDER, id);
  const parameters = cursors.map((cursor) => `last_event_id=${encodeURIComponent(cursor)}`);
  if (filled === target && streamId !== null) {
    parameters.unshift(`stream_id=${id}`);
  }
  return withParameters(new URL(filled), parameters);
}

/** A URL that the target named, on the target's own origin; undefined where it is none or leads elsewhere. */
export function addressNamed(named: string, target: URL, cursors: readonly string[]): URL | undefined {
  const url = URL.canParse(named, target) ? new URL(named, target) : undefined;
  if (url?.origin !== target.origin) {
    return undefined;
  }
  return withParameters(
    url,
    cursors.map((cursor) => `last_event_id=${encodeURIComponent(cursor)}`),
  );
}

function withParameters(url: URL, parameters: readonly string[]): URL {
  url.hash = '';
  if (parameters.length > 0) {
    url.search = [...(url.search === '' ? [] : [url.search.slice(1)]), ...parameters].join('&');
  }
  return url;
}

/** What a server that writes its input into the stream unescaped turns into an event, a field and a NUL. */
const HOSTILE = '\r\nevent: injected\r\ndata: {"injected":true}\r\n\r\nid: 0\n\n\0';

/**
 * The target's URL with hostile text after the value of each query parameter, or in a parameter of its own where there
 * is none: the occasion of EVENT-014 for targets that name no better one.
 */
export function addressWithHostileInput(target: string): string {
  const [beforeFragment = target] = target.split('#', 1);
  const hostile = encodeURIComponent(HOSTILE);
  const mark = beforeFragment.indexOf('?');
  if (mark < 0 || mark === beforeFragment.length - 1) {
    return `${beforeFragment}${mark < 0 ? '?' : ''}input=${hostile}`;
  }
  const parameters = beforeFragment.slice(mark + 1).split('&');
  // The stream id has a rule of its own, and would be refused before anything else is looked at.
  const filled = parameters.map((pair) =>
    /^stream_id=|\{stream_id\}/.test(pair) ? pair : `${pair}${pair.includes('=') ? '' : '='}${hostile}`,
  );
  return `${beforeFragment.slice(0, mark)}?${filled.join('&')}`;
}
