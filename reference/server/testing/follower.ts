/** A reader that comes back until it has seen the end: what a client makes of cuts, refusals and shutdowns. */
import { setTimeout } from 'node:timers/promises';
import type { EventSourceMessage } from 'eventsource-parser';
import { expect } from 'vitest';
import { type Connection, connect, parseObject } from './connect.js';

const COME_BACK_MS = 50;

export class Follower {
  /** Events with an id, of all connections. */
  readonly events: EventSourceMessage[] = [];
  connections = 0;
  readonly #watchers = new Set<() => void>();
  /** Resolves with the data of the terminal event; rejects for an answer after which there is nothing to wait for. */
  readonly ended: Promise<Record<string, unknown>>;

  /** `urls` are taken in turn, one a connection. */
  constructor(private readonly urls: readonly [URL, ...URL[]]) {
    this.ended = this.#follow();
    this.ended.catch(() => undefined);
  }

  /** Resolves when the event with this id is there. */
  until(id: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#lastId() < id) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** No event lost, none doubled, one terminal event and that the last. */
  expectWhole(): void {
    expect(this.events.map(({ id }) => Number(id))).toEqual(this.events.map((_, index) => index + 1));
    const terminal = this.events.map(({ event }) => event === 'complete' || event === 'error');
    expect(terminal).toEqual(this.events.map((_, index) => index === this.events.length - 1));
  }

  async #follow(): Promise<Record<string, unknown>> {
    for (;;) {
      const url = new URL(this.urls[this.connections % this.urls.length] ?? this.urls[0]);
      this.connections += 1;
      const headers = this.#lastId() > 0 ? { 'last-event-id': String(this.#lastId()) } : {};
      const connection = await connect(url, { headers }).catch(() => undefined);
      if (connection) await this.#take(connection);
      const last = this.events.at(-1);
      if (last && last.event !== 'content_chunk') return parseObject(last.data);
      await setTimeout(COME_BACK_MS);
    }
  }

  async #take(connection: Connection): Promise<void> {
    if (connection.status !== 200 && connection.status !== 503) throw new Error(`status ${connection.status}`);
    connection.watch((event) => {
      if (event.id === undefined) return;
      this.events.push(event);
      for (const look of this.#watchers) look();
    });
    await connection.ended;
    const refusal = connection.events.find(({ event, id }) => event === 'error' && id === undefined);
    if (refusal) throw new Error(`refused: ${refusal.data}`);
  }

  #lastId(): number {
    return Number(this.events.at(-1)?.id ?? 0);
  }
}
