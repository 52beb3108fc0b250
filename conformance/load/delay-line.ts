/** Hands bytes on later, as a slower network would: after its latency, at its rate, in order. Bounded. */
import type { Network } from './networks.js';

export interface DelayLineSink {
  onBytes(bytes: Buffer): void;
  /** The connection has ended, after everything that came before. */
  onEnd(): void;
  /** No more bytes for now, and again some: what is not read fills the buffers of the target. */
  pause(): void;
  resume(): void;
}

/** As much as a connection may have under way before it is no longer read. */
const MOST_BYTES = 16 * 1024;
/** A slower network hands on small pieces, not one large one when all of it is there. */
const PIECE_BYTES = 1400;

interface Parcel {
  /** Null for the end. */
  readonly bytes: Buffer | null;
  readonly dueMs: number;
}

export class DelayLine {
  readonly #network: Network;
  readonly #sink: DelayLineSink;
  readonly #random: () => number;
  readonly #parcels: Parcel[] = [];
  #bytes = 0;
  /** When the line is free for the next piece. */
  #freeMs = 0;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(network: Network, sink: DelayLineSink, random: () => number) {
    this.#network = network;
    this.#sink = sink;
    this.#random = random;
  }

  /** Whether something is under way. */
  get isEmpty(): boolean {
    return this.#parcels.length === 0;
  }

  /** Latency of one way, with its jitter, milliseconds. */
  latencyMs(): number {
    const { latencyMs, jitter } = this.#network;
    return latencyMs * (1 + jitter * (2 * this.#random() - 1));
  }

  /** Takes bytes, which may be reused afterwards. */
  push(bytes: Buffer, nowMs: number): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = Buffer.from(bytes.subarray(at, at + PIECE_BYTES));
      this.#freeMs = Math.max(this.#freeMs, nowMs) + piece.length / this.#network.bytesPerMs;
      this.#add({ bytes: piece, dueMs: this.#freeMs + this.latencyMs() });
    }
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES && !this.#paused) {
      this.#paused = true;
      this.#sink.pause();
    }
    this.#arm(nowMs);
  }

  end(nowMs: number): void {
    this.#add({ bytes: null, dueMs: Math.max(this.#freeMs, nowMs) + this.#network.latencyMs });
    this.#arm(nowMs);
  }

  /** Drops what is under way. */
  close(): void {
    this.#closed = true;
    this.#parcels.length = 0;
    clearTimeout(this.#timer);
  }

  /** Nothing overtakes what was sent before it. */
  #add(parcel: Parcel): void {
    const before = this.#parcels.at(-1)?.dueMs ?? 0;
    this.#parcels.push({ ...parcel, dueMs: Math.max(before, parcel.dueMs) });
  }

  #arm(nowMs: number): void {
    const [next] = this.#parcels;
    if (next === undefined || this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#handOn();
      },
      Math.max(1, Math.ceil(next.dueMs - nowMs)),
    );
  }

  #handOn(): void {
    const nowMs = performance.now();
    for (;;) {
      const [next] = this.#parcels;
      if (next === undefined || next.dueMs > nowMs || this.#closed) break;
      this.#parcels.shift();
      if (next.bytes === null) {
        this.#sink.onEnd();
      } else {
        this.#bytes -= next.bytes.length;
        this.#sink.onBytes(next.bytes);
      }
    }
    if (this.#closed) return;
    if (this.#paused && this.#bytes < MOST_BYTES / 2) {
      this.#paused = false;
      this.#sink.resume();
    }
    this.#arm(nowMs);
  }
}
