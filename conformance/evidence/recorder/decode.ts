/** Undoes a content coding as the bytes arrive, so that an event can be read as soon as its bytes allow. */
import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** A cut in the middle of a compressed body is the target's ending, not an error of the decoder. */
const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH };

export interface ContentDecoder {
  /** False: wait for `onDrain` before the next. */
  write(bytes: Buffer): boolean;
  /** No more input; `onEnd` follows when all output is out. */
  end(): void;
  /** Drops everything; nothing is called afterwards. */
  destroy(): void;
}

export interface DecoderSink {
  onBytes(bytes: Buffer): void;
  onDrain(): void;
  onEnd(): void;
  /** Not what the coding promises; nothing follows. */
  onGarbage(detail: string): void;
}

/** `identity` for a body that is not coded, undefined for a coding (or a chain of codings) that the kit does not know. */
export function createDecoder(coding: string | undefined, sink: DecoderSink): ContentDecoder | 'identity' | undefined {
  switch (coding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
      return decodeWith(() => createGunzip(LENIENT), sink);
    case 'deflate':
      return decodeWith(createDeflateDecoder, sink);
    case 'br':
      return decodeWith(() => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }), sink);
    default:
      return undefined;
  }
}

/** `deflate` means the zlib format, but some servers send the bare one; the first byte tells. */
function createDeflateDecoder(first: Buffer): Transform {
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate(LENIENT) : createInflateRaw(LENIENT);
}

function decodeWith(create: (first: Buffer) => Transform, sink: DecoderSink): ContentDecoder {
  let stream: Transform | undefined;
  let over = false;
  const start = (first: Buffer): Transform => {
    const created = create(first);
    const unlessOver =
      <A extends unknown[]>(call: (...args: A) => void) =>
      (...args: A) => {
        if (!over) call(...args);
      };
    created.on(
      'data',
      unlessOver((bytes: Buffer) => sink.onBytes(bytes)),
    );
    created.on(
      'drain',
      unlessOver(() => sink.onDrain()),
    );
    created.on(
      'end',
      unlessOver(() => sink.onEnd()),
    );
    created.on(
      'error',
      unlessOver((error: Error) => {
        over = true;
        sink.onGarbage(error.message);
      }),
    );
    return created;
  };
  return {
    write(bytes) {
      stream ??= start(bytes);
      return over || stream.write(bytes);
    },
    end() {
      if (stream === undefined) {
        over = true;
        sink.onEnd();
      } else {
        stream.end();
      }
    },
    destroy() {
      over = true;
      stream?.destroy();
    },
  };
}
