/** Hands events from the network to `for await`, with a bound past which the network waits. */
import type { StreamEvent } from './types.js';

/** Events that may wait for a slow consumer before reading stops. */
const MAX_QUEUED = 1024;

export class EventQueue {
  #events: StreamEvent[] = [];
  #read = 0;
  #ended = false;
  #failure: unknown;
  #wakeConsumer: (() => void) | undefined;
  #wakeProducer: (() => void) | undefined;
  /** False until somebody iterates: until then nothing is kept. */
  #active = false;

  push(event: StreamEvent): void {
    if (this.#active && !this.#ended) {
      this.#events.push(event);
      this.#wakeConsumer?.();
    }
  }

  /** Undefined while there is room, else a promise for room. */
  room(): Promise<void> | undefined {
    if (this.#events.length - this.#read < MAX_QUEUED || this.#ended) {
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wakeProducer = resolve;
    });
  }

  /** No event follows; a failure is thrown to the consumer after the last event. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wakeConsumer?.();
    this.#wakeProducer?.();
  }

  /** Iterates what comes from now on; `leave` is called when the reader leaves the loop early. */
  iterate(leave: () => void): AsyncIterator<StreamEvent, void, undefined> {
    this.#active = true;
    const events = this.#drain();
    return {
      next: () => events.next(),
      return: async () => {
        leave();
        return { done: true, value: undefined };
      },
    };
  }

  async *#drain(): AsyncGenerator<StreamEvent, void, undefined> {
    for (;;) {
      const event = this.#events[this.#read];
      if (event !== undefined) {
        this.#read += 1;
        this.#makeRoom();
        yield event;
      } else if (this.#ended) {
        break;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeConsumer = resolve;
        });
        this.#wakeConsumer = undefined;
      }
    }
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  /** Forgets what was read in batches, so that a reader who is always a little behind costs no memory either. */
  #makeRoom(): void {
    if (this.#read === this.#events.length) {
      this.#events = [];
      this.#read = 0;
      const wake = this.#wakeProducer;
      this.#wakeProducer = undefined;
      wake?.();
    } else if (this.#read >= MAX_QUEUED) {
      this.#events = this.#events.slice(this.#read);
      this.#read = 0;
    }
  }
}
