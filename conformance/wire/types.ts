/** What the kit's wire reader says about the bytes of one event stream. */

/** One block of the stream: the lines up to a blank line. Offsets are bytes from the start of the body. */
export interface WireEvent {
  /** Position among all blocks that had a field, from 0. */
  readonly index: number;
  /** The type EventSource would dispatch: `message` where the block has no `event` field or an empty one. */
  readonly type: string;
  /** The `event` field as sent; null where the block has none. */
  readonly typeField: string | null;
  /** The `data` lines joined with LF. */
  readonly data: string;
  readonly dataLines: number;
  /** The last `id` field as sent, NUL included; null where the block has none. */
  readonly id: string | null;
  /** The cursor after the block, its own id or an earlier one: what EventSource shows with the event. */
  readonly lastEventId: string;
  /** The last `retry` field as sent; null where the block has none. */
  readonly retry: string | null;
  /** Names of fields the format does not know, as sent; the first 32. */
  readonly unknownFields: readonly string[];
  /** False for a block without data: EventSource never dispatches it. */
  readonly dispatched: boolean;
  /** First byte of the block, a comment's where it begins with one. */
  readonly offset: number;
  /** First byte after the blank line that ends it. */
  readonly end: number;
  /** Arrival of its first byte and of the byte that completed it, milliseconds on the transcript's clock. */
  readonly startedAtMs: number;
  readonly atMs: number;
}

export interface WireComment {
  /** What follows the colon, a space included. */
  readonly text: string;
  readonly offset: number;
  readonly atMs: number;
}

/** A fact about bytes that the format allows or that a reader must survive; never thrown. */
export interface WireDiagnostic {
  readonly code:
    | 'invalid-utf8'
    | 'nul'
    | 'bom'
    | 'line-too-long'
    | 'event-too-long'
    | 'stream-too-long'
    | 'too-many-events'
    | 'malformed-retry'
    | 'id-with-nul'
    | 'empty-id';
  readonly offset: number;
  readonly detail: string;
}

/** Everything that is known after the last byte (or so far). */
export interface WireReading {
  readonly events: readonly WireEvent[];
  readonly comments: readonly WireComment[];
  readonly diagnostics: readonly WireDiagnostic[];
  /** How often each line end occurred. */
  readonly lineEnds: { readonly lf: number; readonly cr: number; readonly crlf: number };
  /** Offset of the first line end that is not a single LF; null where all are. */
  readonly firstForeignLineEnd: number | null;
  readonly bom: boolean;
  /** Bytes after the last blank line, that no reader may dispatch; null where there are none. */
  readonly tail: { readonly offset: number; readonly length: number } | null;
  /** The cursor a WHATWG reader holds (last id dispatched or set by a block), '' where none. */
  readonly lastEventId: string;
  /** The last valid reconnection time in milliseconds; null where none was set. */
  readonly reconnectionTimeMs: number | null;
  readonly bytes: number;
  /** True where a limit stopped the reading; what follows was not looked at. */
  readonly stopped: boolean;
}

/** Bounds of one reading, in bytes and counts. */
export interface WireLimits {
  readonly lineBytes: number;
  readonly eventBytes: number;
  readonly streamBytes: number;
  readonly events: number;
}
