/** One connection through the proxy: two lanes, and what breaks them. */
import type { Socket } from 'node:net';
import type { Fault } from '../../schemas/1.0/types/faults.js';
import { type Break, Delivery } from './delivery.js';
import { type Cut, Lane } from './lane.js';
import type { Network } from './network.js';
import { seededRandom } from './random.js';
import { StreamWatch } from './stream-watch.js';

/** What can be done to a connection. */
export type Action = Fault['action'];

export interface ConnectionOptions {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly client: Socket;
  readonly upstream: Socket;
  readonly network: Network;
  /** An event stream begins. */
  readonly onStream: () => void;
  /** Something is due on this connection: the proxy decides what and whom it hits. */
  readonly onBreak: (broken: Break) => void;
  /** Something was done to it. */
  readonly onAction: (action: Action, course: { readonly events: number; readonly bytes: number }) => void;
  /** Both sides are closed. */
  readonly onClose: () => void;
}

/** What was written last has this long to arrive before a reset would overtake it. */
const FLUSH_MS = 50;

export class FaultyConnection {
  readonly #options: ConnectionOptions;
  readonly #down: Lane;
  readonly #up: Lane;
  readonly #delivery: Delivery;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStalled = false;
  #isOver = false;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { client, upstream, network, number } = options;
    const watch = new StreamWatch(options.onStream);
    // Two sequences: how many pieces the network makes of the bytes must not change what is lost.
    const random = seededRandom(network.seed, 2 * number);
    this.#delivery = new Delivery(network, seededRandom(network.seed, 2 * number + 1));
    this.#down = new Lane({
      from: upstream,
      to: client,
      shape: () => network.down,
      random,
      onArrival: (bytes) => this.#delivery.arrived(bytes.length, watch.received(bytes)),
      cutOf: (length) => this.#cutOf(length),
      onEnd: () => client.end(),
    });
    this.#up = new Lane({
      from: client,
      to: upstream,
      shape: () => network.up,
      random,
      onArrival: (bytes) => watch.sent(bytes),
      cutOf: () => undefined,
      onEnd: () => (this.#isStalled ? this.destroy() : upstream.end()),
    });
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.on('error', () => this.#lost());
    upstream.on('error', () => this.#lost());
    client.once('close', () => this.#closed());
    upstream.once('close', () => this.#closed());
    for (const fault of network.faults) {
      const { ms } = fault.after;
      if (ms !== undefined) this.#after(ms, () => network.isDue(fault) && options.onBreak(fault));
    }
  }

  /** Bytes that wait in both directions. */
  get waiting(): number {
    return this.#down.waiting + this.#up.waiting;
  }

  /** Does this to the connection, now. `forMs`: a stall ends then, and what is half open is reset. */
  act(action: Action, forMs?: number): void {
    if (this.#isOver || (this.#isStalled && action === 'stall')) return;
    const { client, upstream, onAction } = this.#options;
    onAction(action, { events: this.#delivery.events, bytes: this.#delivery.bytes });
    this.#down.hold();
    if (action === 'stall') {
      this.#stall(forMs);
      return;
    }
    this.#isOver = true;
    this.#up.close();
    this.#down.close();
    switch (action) {
      case 'reset':
        this.#after(FLUSH_MS, () => this.destroy());
        return;
      case 'close':
        client.end();
        upstream.destroy();
        this.#after(FLUSH_MS, () => client.destroy());
        return;
      case 'half-open':
        upstream.destroy();
        client.once('end', () => client.destroy());
        break;
      case 'ghost':
        client.end();
        this.#after(FLUSH_MS, () => client.destroy());
        // Nobody reads any more, so the server is held up, as by a reader that is gone.
        upstream.pause();
    }
    if (forMs !== undefined) this.#after(forMs, () => this.destroy());
  }

  /** Resets both sides at once. */
  destroy(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#up.close();
    this.#down.close();
    this.#options.client.resetAndDestroy();
    this.#options.upstream.resetAndDestroy();
  }

  #stall(forMs: number | undefined): void {
    this.#isStalled = true;
    if (this.#options.client.readableEnded) {
      this.destroy();
    } else if (forMs !== undefined) {
      this.#after(forMs, () => {
        this.#isStalled = false;
        this.#down.release();
      });
    }
  }

  #cutOf(length: number): Cut | undefined {
    const { keep, broken } = this.#delivery.next(length);
    return broken === undefined ? undefined : { keep, act: () => this.#options.onBreak(broken) };
  }

  /** One side has failed, and what a proxy cannot say otherwise it says with a reset. */
  #lost(): void {
    if (!this.#isOver) this.destroy();
  }

  #closed(): void {
    const { client, upstream, onClose } = this.#options;
    if (client.closed && upstream.closed && !this.#isClosed) {
      this.#isClosed = true;
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      onClose();
    } else if (client.closed && upstream.readableEnded) {
      upstream.end();
    } else if (client.closed && !this.#isOver) {
      this.destroy();
    }
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
