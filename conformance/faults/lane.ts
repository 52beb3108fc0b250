/** One direction of a connection: takes what one socket reads, and writes it to the other when its time has come. */
import type { Socket } from 'node:net';
import type { LinkShape } from '../../schemas/1.0/types/faults.js';
import type { Random } from './random.js';

export interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Asked for every piece: the network may change while a connection is open. */
  readonly shape: () => LinkShape;
  readonly random: Random;
  /** Sees everything as it arrives, in order. */
  readonly onArrival: (bytes: Buffer) => void;
  /** Asked before so many bytes are delivered. A cut delivers fewer, or just these, and then breaks something. */
  readonly cutOf: (length: number) => Cut | undefined;
  /** All that the sender sent was delivered, and it has ended its side. */
  readonly onEnd: () => void;
}

export interface Cut {
  readonly keep: number;
  readonly act: () => void;
}

interface Piece {
  readonly bytes: Buffer;
  readonly dueMs: number;
}

/** What waits in a lane is at least so much before the sender is held up, and at most this for a long fast link. */
const LEAST_WAITING = 64 * 1024;
const MOST_WAITING = 1024 * 1024;

/** A slow link delivers in pieces of this duration, so that bytes trickle. */
const PIECE_MS = 20;
const SMALLEST_PIECE = 64;

/** A timer has whole milliseconds: what is due within half of one is due. */
const EARLY_MS = 0.5;

export class Lane {
  readonly #options: LaneOptions;
  #queue: Piece[] = [];
  #waiting = 0;
  /** When the link has sent what it was given so far; nothing overtakes. */
  #freeAtMs = 0;
  #lastDueMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isFull = false;
  #isPaused = false;
  #bound = LEAST_WAITING;
  #hasEnded = false;
  #isClosed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    options.from.on('data', (bytes: Buffer) => this.#take(bytes));
    options.from.once('end', () => {
      this.#hasEnded = true;
      this.#deliver();
    });
    options.to.on('drain', () => {
      this.#isFull = false;
      this.#deliver();
    });
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Holds back what is there and what comes, the end of the stream too. */
  hold(): void {
    this.#isHeld = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  release(): void {
    this.#isHeld = false;
    this.#deliver();
  }

  /** Drops what waits, and whatever comes from now on. */
  close(): void {
    this.#isClosed = true;
    this.hold();
    this.#queue = [];
    this.#waiting = 0;
    this.#options.from.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#options.onArrival(bytes);
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond } = this.#options.shape();
    const now = performance.now();
    const delayMs = Math.max(0, latencyMs + (jitterMs === 0 ? 0 : jitterMs * (2 * this.#options.random() - 1)));
    const bytesPerMs = bytesPerSecond === undefined ? Number.POSITIVE_INFINITY : bytesPerSecond / 1000;
    const size = Math.max(SMALLEST_PIECE, Math.floor(Math.min(bytes.length, bytesPerMs * PIECE_MS)));
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      this.#freeAtMs = Math.max(this.#freeAtMs, now) + piece.length / bytesPerMs;
      this.#lastDueMs = Math.max(this.#lastDueMs, this.#freeAtMs + delayMs);
      this.#queue.push({ bytes: piece, dueMs: this.#lastDueMs });
    }
    this.#waiting += bytes.length;
    this.#bound = boundOf(bytesPerMs, latencyMs);
    if (this.#waiting > this.#bound) {
      this.#isPaused = true;
      this.#options.from.pause();
    }
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isHeld || this.#timer !== undefined) return;
    const now = performance.now();
    let taken = 0;
    while (taken < this.#queue.length && !this.#isHeld && !this.#isFull) {
      const piece = this.#queue[taken];
      if (piece === undefined || piece.dueMs > now + EARLY_MS) break;
      taken += 1;
      this.#write(piece, taken);
    }
    this.#queue.splice(0, taken);
    this.#goOn();
  }

  /** @param index Where the next piece stands: what a cut leaves of this one goes there. */
  #write({ bytes, dueMs }: Piece, index: number): void {
    const { to, cutOf } = this.#options;
    const cut = cutOf(bytes.length);
    const part = cut === undefined ? bytes : bytes.subarray(0, cut.keep);
    this.#waiting -= part.length;
    if (part.length > 0) this.#isFull = !to.write(part) || this.#isFull;
    if (cut === undefined) return;
    this.#isHeld = true;
    if (part.length < bytes.length) this.#queue.splice(index, 0, { bytes: bytes.subarray(part.length), dueMs });
    cut.act();
  }

  #goOn(): void {
    if (this.#isHeld || this.#isFull) return;
    const { from, onEnd } = this.#options;
    const [next] = this.#queue;
    if (next !== undefined) {
      this.#timer = setTimeout(
        () => {
          this.#timer = undefined;
          this.#deliver();
        },
        Math.max(0, next.dueMs - performance.now()),
      );
    } else if (this.#hasEnded) {
      this.#isHeld = true;
      onEnd();
      return;
    }
    if (this.#isPaused && this.#waiting <= this.#bound / 2) {
      this.#isPaused = false;
      from.resume();
    }
  }
}

/** Twice what is on its way on a link of this speed and length. */
function boundOf(bytesPerMs: number, latencyMs: number): number {
  const onItsWay = Number.isFinite(bytesPerMs) ? 2 * bytesPerMs * latencyMs : latencyMs > 0 ? MOST_WAITING : 0;
  return Math.min(MOST_WAITING, Math.max(LEAST_WAITING, onItsWay));
}
