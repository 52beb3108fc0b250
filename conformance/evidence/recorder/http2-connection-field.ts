/**
 * Lets the kit see a `Connection` field over HTTP/2 (HTTP-011): Node's client drops an answer that has one, so that nobody
 * could say why. Between the socket and the client the name of the field is replaced by one that HTTP/2 allows.
 */
import { Duplex } from 'node:stream';

/** What the recorder finds in place of `connection`. No field of this name exists. */
export const CONNECTION_STAND_IN = 'aonnection';

/** The name as HPACK writes a new one: a form, its length, its bytes; plain or in the code of RFC 7541, appendix B. */
const NAMES = [
  { plain: [0x0a, ...Buffer.from('connection')], first: 'a'.charCodeAt(0) },
  { plain: [0x87, 0x21, 0xea, 0xa8, 0xa4, 0x49, 0x8f, 0x57], first: 0x19 },
].map(({ plain, first }) => ({ bytes: Buffer.from(plain), first }));

/** Literal fields with a new name: kept in the table, not kept, never kept (RFC 7541, section 6.2). */
const NEW_NAME_FORMS: readonly (number | undefined)[] = [0x40, 0x00, 0x10];

const FRAME_HEAD_BYTES = 9;
const HEADERS = 1;
const CONTINUATION = 9;

/** Larger header frames pass unread: the client has announced that it takes no such frame. */
const MOST_HEADER_BYTES = 16_384;

/** Reads frames as they come and gives them on; only header frames wait until they are whole. */
export class FrameFilter {
  /** Bytes of a frame head or of a header frame that are not complete. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the running frame that pass as they are. */
  #passing = 0;

  push(bytes: Buffer): Buffer {
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const out: Buffer[] = [];
    for (;;) {
      const passed = Math.min(this.#passing, rest.length);
      out.push(rest.subarray(0, passed));
      rest = rest.subarray(passed);
      this.#passing -= passed;
      const frameBytes = rest.length < FRAME_HEAD_BYTES ? undefined : FRAME_HEAD_BYTES + rest.readUIntBE(0, 3);
      if (this.#passing > 0 || frameBytes === undefined) {
        break;
      }
      if ((rest[3] !== HEADERS && rest[3] !== CONTINUATION) || frameBytes > MOST_HEADER_BYTES) {
        this.#passing = frameBytes;
        continue;
      }
      if (rest.length < frameBytes) {
        break;
      }
      out.push(replaceName(rest.subarray(0, frameBytes)));
      rest = rest.subarray(frameBytes);
    }
    this.#pending = Buffer.from(rest);
    return Buffer.concat(out);
  }
}

function replaceName(frame: Buffer): Buffer {
  let changed = frame;
  for (const { bytes, first } of NAMES) {
    for (let at = changed.indexOf(bytes, FRAME_HEAD_BYTES); at !== -1; at = changed.indexOf(bytes, at + 1)) {
      if (NEW_NAME_FORMS.includes(changed[at - 1])) {
        changed = changed === frame ? Buffer.from(frame) : changed;
        changed[at + 1] = first;
      }
    }
  }
  return changed;
}

/** The socket of a session, with the name replaced in what comes in. */
export function revealConnectionField(socket: Duplex): Duplex {
  const filter = new FrameFilter();
  const through = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(chunk, done);
    },
    final: (done) => {
      socket.end(done);
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (bytes: Buffer) => {
    const filtered = filter.push(bytes);
    if (filtered.length > 0 && !through.push(filtered)) {
      socket.pause();
    }
  });
  socket.on('end', () => through.push(null));
  socket.on('error', (error) => through.destroy(error));
  socket.on('close', () => through.destroy());
  return through;
}
