/** What one HTTP exchange is to the recorder, whatever version of HTTP carries it. */
import type { Ending, Header, RecordedResponse } from '../types.js';

export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  /** As sent, secrets included; a repeated name is sent repeatedly. */
  readonly headers: readonly Header[];
  readonly body?: Buffer;
  /** Stop reading from the socket after this many body bytes. */
  readonly pauseAfterBytes?: number;
  /** Offer HTTP/2, where TLS lets the target choose. */
  readonly http2?: boolean;
}

export type EndingWithoutTime = Omit<Ending, 'atMs'>;

/** Called in the order head, bytes, end; `onEnd` is called exactly once and last. */
export interface ExchangeSink {
  onHead(response: Omit<RecordedResponse, 'atMs'>): void;
  /** After content decoding. */
  onBytes(bytes: Buffer): void;
  onEnd(ending: EndingWithoutTime): void;
}

export interface Exchange {
  /** Ends it from this side, with the kit's reason. Does nothing after the end. */
  stop(kind: Ending['kind'], detail?: string): void;
  /** Reads on after `pauseAfterBytes`. */
  resume(): void;
}
