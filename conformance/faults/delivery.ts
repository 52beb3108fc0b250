/** Decides where in what is delivered to a client something breaks: after so many bytes, at the end of an event, or before one. */
import type { Fault } from '../../schemas/1.0/types/faults.js';
import type { Network } from './network.js';
import type { Random } from './random.js';
import type { Mark } from './stream-watch.js';

/** What breaks; `loss` breaks a connection before an event that is lost. */
export type Break = Fault | 'loss';

const BATCH = 1024;

/** The course of one connection towards its client. */
export class Delivery {
  readonly #network: Network;
  readonly #random: Random;
  readonly #met = new Set<Fault>();
  /** Of all that came from the server, what is not yet delivered. */
  readonly #marks: Mark[] = [];
  /** Those of them that are delivered, and not yet dropped. */
  #passed = 0;
  #lastMark = 0;
  #arrivedBytes = 0;
  #bytes = 0;
  #events = 0;

  constructor(network: Network, random: Random) {
    this.#network = network;
    this.#random = random;
  }

  /** Delivered so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Delivered so far; heartbeats do not count. */
  get events(): number {
    return this.#events;
  }

  /** So many bytes came from the server, with these marks in them. */
  arrived(length: number, marks: readonly Mark[]): void {
    for (const { offset, isEvent } of marks) this.#marks.push({ offset: this.#arrivedBytes + offset, isEvent });
    this.#arrivedBytes += length;
  }

  /** So many bytes are about to be delivered: how many of them are, and what breaks then, if anything. */
  next(length: number): { readonly keep: number; readonly broken: Break | undefined } {
    const start = this.#bytes;
    let broken: Break | undefined;
    while (broken === undefined && this.#bytes < start + length) {
      const to = Math.min(start + length, this.#marks[this.#passed]?.offset ?? Number.POSITIVE_INFINITY);
      broken = this.#byteFault(to) ?? this.#pass(to);
    }
    return { keep: this.#bytes - start, broken };
  }

  /** A fault that is due at once or before that offset. */
  #byteFault(to: number): Fault | undefined {
    const due = this.#network.faults
      .filter(({ after }) => after.bytes !== undefined && after.bytes >= this.#bytes && after.bytes <= to)
      .filter((fault) => this.#isNew(fault))
      .sort((one, other) => (one.after.bytes ?? 0) - (other.after.bytes ?? 0))[0];
    if (due !== undefined) {
      this.#met.add(due);
      this.#bytes = due.after.bytes ?? this.#bytes;
    }
    return due;
  }

  /** Delivers up to that offset, behind no more than one mark. */
  #pass(to: number): Break | undefined {
    const mark = this.#marks[this.#passed];
    if (mark === undefined || mark.offset > to) {
      this.#bytes = to;
      return undefined;
    }
    if (mark.isEvent && this.#random() < this.#network.lossRate) {
      this.#bytes = Math.max(this.#bytes, this.#lastMark);
      return 'loss';
    }
    this.#dropMark();
    this.#lastMark = mark.offset;
    this.#bytes = to;
    if (!mark.isEvent) return undefined;
    this.#events += 1;
    const due = this.#network.faults.find((fault) => fault.after.events === this.#events && this.#isNew(fault));
    if (due !== undefined) this.#met.add(due);
    return due;
  }

  /** In batches: an array gives up its first member slowly. */
  #dropMark(): void {
    this.#passed += 1;
    if (this.#passed === this.#marks.length || this.#passed >= BATCH) {
      this.#marks.splice(0, this.#passed);
      this.#passed = 0;
    }
  }

  #isNew(fault: Fault): boolean {
    return !this.#met.has(fault) && this.#network.isDue(fault);
  }
}
