/** At most one connection at a time: what comes from an older one is nobody's. */
import type { Clock } from './clock.js';
import type { Requests } from './requests.js';
import type { ConnectionSink, Transport } from './transport.js';

export class Connector {
  readonly #transport: Transport;
  readonly #requests: Requests;
  readonly #clock: Clock;
  /** Grows with each connection. */
  #generation = 0;
  #closeConnection: () => void = () => undefined;

  constructor(transport: Transport, requests: Requests, clock: Clock) {
    this.#transport = transport;
    this.#requests = requests;
    this.#clock = clock;
  }

  /** Opens a connection after closing the one before. `sink` hears of it until it has ended or was closed. */
  open(cursor: number, sink: ConnectionSink): void {
    this.close();
    const generation = this.#generation;
    const isCurrent = () => generation === this.#generation;
    this.#requests.next(cursor).then(
      (request) => {
        if (isCurrent()) {
          this.#closeConnection = this.#transport(request, guard(sink, isCurrent), this.#clock);
        }
      },
      // Mostly a token that could not be renewed: as passing as any other trouble of the network.
      (cause: unknown) => isCurrent() && sink.ended({ kind: 'cut', message: `no request could be made: ${cause}` }),
    );
  }

  // STATE-009
  close(): void {
    this.#generation += 1;
    this.#closeConnection();
    this.#closeConnection = () => undefined;
  }
}

function guard(sink: ConnectionSink, isCurrent: () => boolean): ConnectionSink {
  return {
    accepted: (header) => isCurrent() && sink.accepted(header),
    message: (type, data, id) => isCurrent() && sink.message(type, data, id) && isCurrent(),
    retry: (value) => isCurrent() && sink.retry(value),
    seen: (id) => isCurrent() && sink.seen(id),
    room: () => (isCurrent() ? sink.room() : undefined),
    ended: (end) => isCurrent() && sink.ended(end),
  };
}
