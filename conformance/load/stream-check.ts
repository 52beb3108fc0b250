/** Checks every event of one stream, over all of its connections: ids, order, loss, duplicates, replay, totals. */
import type { LeanEvent } from './lean-reader.js';
import { digestOf, numberOf, parseObject, readId, textOf } from './payload.js';
import { OVERLAP, ReplayMemory } from './replay-memory.js';
import type { FindingKind, LoadCounts } from './types.js';

/**
 * What an event means for its connection: nothing special, a heartbeat, the end of the stream, a hole that a resumption
 * may fill, a hole that it did not fill, or a refusal in band.
 */
export type Step = 'go-on' | 'heartbeat' | 'terminal' | 'gap' | 'lost' | 'refused';

export interface CheckSink {
  readonly counts: LoadCounts;
  find(kind: FindingKind, eventId: number | undefined, detail: string): void;
}

/** The largest event that a producer may send (EVENT-013), bytes. */
const MOST_DATA_BYTES = 64 * 1024;

interface Arrived {
  readonly id: number;
  readonly type: string;
  readonly data: string;
  readonly object: object | undefined;
}

export class StreamCheck {
  /** Id of the newest event that came with all before it: the cursor. */
  mark = 0;
  /** How the stream ended, and what it said; undefined while it has not. */
  terminal: { readonly type: string; readonly object: object | undefined } | undefined;
  /** Newest id that the target spoke of. */
  head = 0;
  /** Data of the event that refused a resumption. */
  refusal: object | undefined;
  readonly #sink: CheckSink;
  readonly #traceId: string;
  readonly #memory: ReplayMemory | undefined;
  #chunks = 0;
  /** Next id of a replay that was asked for; 0 outside of one. */
  #replayNext = 0;
  /** An event that came before its turn: a swap if the missing one follows, else a gap. */
  #early: Arrived | undefined;
  /** First id of a hole for which the stream was already resumed; 0 without one. */
  #hole = 0;

  constructor(sink: CheckSink, traceId: string, remembers: boolean) {
    this.#sink = sink;
    this.#traceId = traceId;
    this.#memory = remembers ? new ReplayMemory() : undefined;
  }

  /** The cursor of a resumption that wants some events a second time. */
  overlapCursor(): number {
    return Math.max(0, this.mark - OVERLAP);
  }

  /** Whether events that came before are expected once more. */
  get isReplaying(): boolean {
    return this.#replayNext > 0;
  }

  /** A connection begins that was asked for with this cursor. */
  begin(cursor: number): void {
    this.#early = undefined;
    this.#replayNext = cursor < this.mark ? cursor + 1 : 0;
    if (this.#replayNext > 0) this.#memory?.begin(cursor);
  }

  take(event: LeanEvent): Step {
    const { type, data } = event;
    const object = parseObject(data);
    const id = event.id === null ? undefined : readId(event.id);
    this.#checkPayload(event, object, id);
    if (type === 'heartbeat') return this.#takeHeartbeat(event, object);
    if (event.id === null) return this.#takeWithoutId(type, object);
    if (id === undefined) {
      this.#sink.find('id-malformed', undefined, `expected a number from 1 on, got ${quote(event.id)}`);
      return 'go-on';
    }
    if (this.terminal !== undefined) {
      this.#sink.find('after-terminal', id, `${type} ${id} after the terminal event ${this.mark}`);
      return 'go-on';
    }
    this.head = Math.max(this.head, id);
    return this.#takeInOrder({ id, type, data, object });
  }

  /** The ids that are missing between what came and what came too early. */
  #holeOf(early: Arrived): string {
    const last = early.id - 1;
    return last === this.mark + 1 ? `event ${last}` : `events ${this.mark + 1} to ${last}`;
  }

  #checkPayload({ dataBytes }: LeanEvent, object: object | undefined, id: number | undefined): void {
    if (object === undefined) this.#sink.find('data-malformed', id, 'expected a JSON object as data');
    if (dataBytes > MOST_DATA_BYTES) this.#sink.find('event-too-long', id, `${dataBytes} bytes of data`);
    const traceId = textOf(object, 'trace_id');
    if (traceId !== undefined && traceId !== this.#traceId) {
      this.#sink.find('foreign-trace', id, `expected ${this.#traceId}, got ${quote(traceId)}`);
    }
    const seq = numberOf(object, 'seq');
    if (seq !== undefined && id !== undefined && seq !== id) {
      this.#sink.find('sequence-differs', id, `the event with id ${id} has seq ${seq}`);
    }
  }

  #takeHeartbeat({ id }: LeanEvent, object: object | undefined): Step {
    this.#sink.counts.heartbeats += 1;
    if (id !== null) this.#sink.find('heartbeat-with-id', undefined, `a heartbeat with the id ${quote(id)}`);
    const head = numberOf(object, 'head_id');
    if (head !== undefined && head < this.mark) {
      this.#sink.find('head-id-wrong', undefined, `head_id ${head} after the event ${this.mark}`);
    }
    if (head !== undefined && Number.isSafeInteger(head)) this.head = Math.max(this.head, head);
    return this.#early === undefined ? 'heartbeat' : this.#gap(this.#early);
  }

  #takeWithoutId(type: string, object: object | undefined): Step {
    if (type === 'error') {
      this.refusal = object;
      return 'refused';
    }
    if (type === 'content_chunk' || type === 'complete') {
      this.#sink.find('id-missing', undefined, `a ${type} after ${this.mark} has no id`);
    }
    return 'go-on';
  }

  #takeInOrder(event: Arrived): Step {
    if (this.#replayNext > 0 && event.id <= this.mark) return this.#takeReplayed(event);
    const early = this.#early;
    if (early !== undefined) return this.#takeAfterEarly(event, early);
    if (event.id === this.mark + 1) return this.#takeIn(event);
    if (event.id <= this.mark) return this.#takeDuplicate(event);
    if (event.type === 'complete' || event.type === 'error') return this.#gap(event);
    this.#early = event;
    return 'go-on';
  }

  #takeReplayed(event: Arrived): Step {
    const { counts } = this.#sink;
    if (event.id < this.#replayNext) return this.#takeDuplicate(event);
    if (event.id > this.#replayNext) {
      const missing = `${this.#replayNext} to ${event.id - 1}`;
      this.#sink.find('gap', event.id, `the replay left out ${missing}, that were delivered before`);
    }
    counts.eventsReplayed += 1;
    this.#replayNext = event.id + 1;
    const same = this.#memory?.compare(event.id, digestOf(event.type, event.id, event.data), this.mark);
    if (same === false) this.#sink.find('replay-differs', event.id, `event ${event.id} was another at first`);
    if (event.id === this.mark) {
      this.#replayNext = 0;
      if (same !== false && this.#memory?.compareAll() === false) {
        this.#sink.find('replay-differs', event.id, `one of the events 1 to ${event.id} was another at first`);
      }
    }
    return 'go-on';
  }

  #takeAfterEarly(event: Arrived, early: Arrived): Step {
    if (event.id !== this.mark + 1 || early.id !== event.id + 1) return this.#gap(early);
    this.#early = undefined;
    this.#sink.find('order', early.id, `event ${early.id} came before event ${event.id}`);
    this.#takeIn(event);
    return this.#takeIn(early);
  }

  /** A hole for the first time is worth a resumption; the same hole again is a loss. */
  #gap(early: Arrived): Step {
    const hole = this.#holeOf(early);
    if (this.#hole !== this.mark + 1) {
      this.#hole = this.mark + 1;
      return 'gap';
    }
    this.#sink.counts.lost += early.id - this.mark - 1;
    this.#sink.find('lost', this.mark + 1, `${hole} never came, also not after a resumption from ${this.mark}`);
    return 'lost';
  }

  #takeDuplicate({ id, type, data }: Arrived): Step {
    const { counts } = this.#sink;
    counts.eventsReceived += 1;
    counts.duplicates += 1;
    this.#sink.find('duplicate', id, `event ${id} came again after event ${this.mark}`);
    if (this.#memory?.compare(id, digestOf(type, id, data), this.mark) === false) {
      this.#sink.find('replay-differs', id, `event ${id} was another at first`);
    }
    return 'go-on';
  }

  #takeIn({ id, type, data, object }: Arrived): Step {
    const { counts } = this.#sink;
    this.mark = id;
    counts.eventsReceived += 1;
    counts.eventsUnique += 1;
    this.#memory?.add(id, digestOf(type, id, data));
    if (this.#hole === id) {
      this.#sink.find('gap', id, `event ${id} was left out at first, and came after a resumption`);
      this.#hole = 0;
    }
    if (type === 'content_chunk') this.#chunks += 1;
    if (type !== 'complete' && type !== 'error') return 'go-on';
    this.terminal = { type, object };
    const total = numberOf(object, 'total_chunks');
    if (type === 'complete' && total !== undefined && total !== this.#chunks) {
      this.#sink.find('total-wrong', id, `total_chunks is ${total}, and ${this.#chunks} came`);
    }
    return 'terminal';
  }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
