/** From what a transport received to a request that the server understands. */
import { Refusal, type StreamRequest } from './types.js';

/** A request as its transport gives it, nothing of it checked. */
export interface IncomingRequest extends Omit<StreamRequest, 'url' | 'body'> {
  /** An absolute URL, or the path and query of one. */
  readonly target: string;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Throws a `Refusal` for a target that is no URL and for a body that is too long. */
export async function readRequest(incoming: IncomingRequest, maxBodyBytes: number): Promise<StreamRequest> {
  const { method, header, httpMajor, remoteAddress, target, body } = incoming;
  // A path may begin with two slashes, which must not be taken for a host.
  const url = target.startsWith('/') ? `http://localhost${target}` : target;
  if (!URL.canParse(url)) throw new Refusal(400, 'malformed_url', 'The request target is neither a path nor a URL.');
  const text = method === 'POST' && body ? await readBody(body, maxBodyBytes) : '';
  return { method, header, httpMajor, remoteAddress, url: new URL(url), body: text };
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new Refusal(413, 'body_too_large', `A body has at most ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
