/** Watches for silence: says when to show `waiting` and when the connection is to be taken for dead. */
import type { Clock } from './clock.js';
import type { Parameters } from './parameters.js';

/** A timer this late was frozen (a hidden tab, a sleeping machine, a busy one): input may be pending and is taken in first. */
const FROZEN_MS = 100;
/** Long enough for pending input to be delivered, short beside the second within which silence is to be found. */
const DRAIN_MS = 50;

export interface WatchdogCallbacks {
  /** 2 heartbeat intervals without an event. */
  quiet(): void;
  /** The silence threshold without an event; noticed on waking up where time had been frozen. */
  silent(onWaking: boolean): void;
}

export class Watchdog {
  #lastEventMs = 0;
  #cancel: (() => void) | undefined;
  #quietSaid = false;
  /** In this turn of the event loop. */
  #touched = false;
  /** Grows with each start and stop. */
  #run = 0;
  readonly #clock: Clock;
  readonly #callbacks: WatchdogCallbacks;
  /** Seconds; read at every judgement, since a heartbeat may change them. */
  parameters: Parameters;

  constructor(clock: Clock, parameters: Parameters, callbacks: WatchdogCallbacks) {
    this.#clock = clock;
    this.parameters = parameters;
    this.#callbacks = callbacks;
  }

  start(): void {
    this.stop();
    this.#lastEventMs = this.#clock.now();
    this.#quietSaid = false;
    this.#arm();
  }

  stop(): void {
    this.#run += 1;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Does not judge while the consumer is behind: nothing is read then, so that silence would mean nothing. */
  pauseFor(room: Promise<void> | undefined): Promise<void> | undefined {
    if (room === undefined) {
      return undefined;
    }
    this.stop();
    const run = this.#run;
    return room.then(() => {
      // Unless it was started or stopped for another connection meanwhile.
      if (run === this.#run) {
        this.start();
      }
    });
  }

  /** An event of any type came. One timer serves many events: it looks at the time when it fires. */
  // HEARTBEAT-015, EVENT-022
  touch(): void {
    // What one read brought came at one time: asking for it costs more than all else that is done for an event here.
    if (!this.#touched) {
      this.#touched = true;
      this.#lastEventMs = this.#clock.now();
      queueMicrotask(this.#untouch);
    }
    if (this.#quietSaid) {
      this.#quietSaid = false;
      this.#arm();
    }
  }

  readonly #untouch = (): void => {
    this.#touched = false;
  };

  /** New parameters came: the running timer may be too long for them. */
  rearm(): void {
    if (this.#cancel !== undefined) {
      this.#arm();
    }
  }

  /** The page woke up: pending input first, then the judgement. */
  // STATE-011
  judgeSoon(): void {
    if (this.#cancel !== undefined) {
      this.#cancel();
      this.#cancel = this.#clock.after(DRAIN_MS, () => this.#judge(true));
    }
  }

  #arm(): void {
    this.#cancel?.();
    const dueMs =
      this.#lastEventMs + (this.#quietSaid ? this.#silenceMs() : Math.min(this.#quietMs(), this.#silenceMs()));
    const delayMs = Math.max(0, dueMs - this.#clock.now());
    this.#cancel = this.#clock.after(delayMs, () => {
      if (this.#clock.now() - dueMs > FROZEN_MS) {
        this.judgeSoon();
      } else {
        this.#judge(false);
      }
    });
  }

  #judge(onWaking: boolean): void {
    const silentForMs = this.#clock.now() - this.#lastEventMs;
    // HEARTBEAT-013, HEARTBEAT-014
    if (silentForMs >= this.#silenceMs()) {
      this.stop();
      this.#callbacks.silent(onWaking);
      return;
    }
    // STATE-004
    if (silentForMs >= this.#quietMs() && !this.#quietSaid) {
      this.#quietSaid = true;
      this.#callbacks.quiet();
    }
    if (this.#cancel !== undefined) {
      this.#arm();
    }
  }

  #quietMs(): number {
    return this.parameters.heartbeatInterval * 2000;
  }

  #silenceMs(): number {
    return this.parameters.silenceThreshold * 1000;
  }
}
