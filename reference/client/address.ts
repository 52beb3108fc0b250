/** Where a stream lives: its id, and its URL before and after the server named one. */

// HTTP-035
/** 128 random bits as 32 hexadecimal digits; `crypto.randomUUID` would need a secure context. */
export function drawStreamId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The alphabet of stream ids (HTTP-023): what a server names another way is not believed. */
export function isStreamId(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,128}$/.test(text);
}

/** The stream id that a URL carries in its query. */
export function streamIdIn(url: string): string | undefined {
  const [, query] = /\?([^#]*)/.exec(url) ?? [];
  return new URLSearchParams(query).get('stream_id') ?? undefined;
}

/** Fills in `{stream_id}`, or appends the query parameter where the URL does not carry it yet. */
export function addressOf(url: string, streamId: string | false): string {
  if (streamId === false) {
    return url;
  }
  if (url.includes('{stream_id}')) {
    return url.replaceAll('{stream_id}', encodeURIComponent(streamId));
  }
  const [withoutFragment = url] = url.split('#', 1);
  if (streamIdIn(url) !== undefined) {
    return withoutFragment;
  }
  return `${withoutFragment}${withoutFragment.includes('?') ? '&' : '?'}stream_id=${encodeURIComponent(streamId)}`;
}

/** The URL a `Content-Location` names, seen from the request's; undefined where it is unusable or of another origin. */
export function resolveLocation(location: string | null, requestUrl: string): string | undefined {
  if (location === null) {
    return undefined;
  }
  try {
    const base = new URL(requestUrl, globalThis.location?.href);
    const resolved = new URL(location, base);
    return resolved.origin === base.origin ? resolved.href : undefined;
  } catch {
    return undefined;
  }
}
