/** What the harness orders: a stream to be opened, and where its events are to be reported. */

export interface StreamOrder {
  readonly streamUrl: string;
  readonly callbackUrl: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly initialDelayMs: number | undefined;
  readonly readTimeoutMs: number | undefined;
  /** Tell what that protocol has no words for: states, codes, diagnostics. */
  readonly reports: boolean;
}

/** The order cannot be carried out as it stands; the message says why. */
export class MalformedOrder extends Error {
  override readonly name = 'MalformedOrder';
}

/** Throws `MalformedOrder`. Members that it does not know are ignored. */
export function readOrder(order: unknown): StreamOrder {
  if (!isRecord(order)) {
    throw new MalformedOrder('expected a JSON object as the body');
  }
  const method = order.method ?? 'GET';
  if (method !== 'GET' && method !== 'POST') {
    throw new MalformedOrder('expected "method" to be GET or POST');
  }
  return {
    streamUrl: readUrl(order, 'streamUrl'),
    callbackUrl: readUrl(order, 'callbackUrl'),
    method,
    headers: readHeaders(order.headers),
    body: order.body === undefined ? undefined : readText(order, 'body'),
    initialDelayMs: readMilliseconds(order, 'initialDelayMs'),
    readTimeoutMs: readMilliseconds(order, 'readTimeoutMs'),
    reports: order.reports === true,
  };
}

type Order = Readonly<Record<string, unknown>>;

function readUrl(order: Order, name: string): string {
  const text = readText(order, name);
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new MalformedOrder(`expected "${name}" to be an HTTP URL`);
  }
  return text;
}

function readText(order: Order, name: string): string {
  const value = order[name];
  if (typeof value !== 'string') {
    throw new MalformedOrder(`expected "${name}" to be a string`);
  }
  return value;
}

function readMilliseconds(order: Order, name: string): number | undefined {
  const value = order[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'number' || !(value >= 0)) {
    throw new MalformedOrder(`expected "${name}" to be a number of milliseconds`);
  }
  return value;
}

function readHeaders(headers: unknown): Record<string, string> {
  if (headers === undefined || headers === null) {
    return {};
  }
  if (!isRecord(headers)) {
    throw new MalformedOrder('expected "headers" to be an object');
  }
  return Object.fromEntries(Object.keys(headers).map((name) => [name, readText(headers, name)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
