/** Holds the state of a stream and tells the application: states, diagnostics, metrics. */
import { isFinal, type StreamState, transitions } from './states.js';
import type {
  Diagnostic,
  MetricLabels,
  MetricName,
  RawMessage,
  StateChange,
  StreamEvent,
  StreamOptions,
} from './types.js';

type Listeners = Pick<StreamOptions, 'onEvent' | 'onMessage' | 'onState' | 'onDiagnostic' | 'onMetric'>;

export class Announcer extends EventTarget {
  #state: StreamState = 'idle';
  readonly #listeners: Listeners;

  constructor(listeners: Listeners) {
    super();
    this.#listeners = listeners;
  }

  get state(): StreamState {
    return this.#state;
  }

  get ended(): boolean {
    return isFinal(this.#state);
  }

  /** Changes the state and announces it; nothing happens where the table does not allow it. */
  // STATE-002, STATE-003
  protected go(state: StreamState, detail: Omit<StateChange, 'state' | 'previous'>): void {
    const previous = this.#state;
    if (!transitions[previous].includes(state)) {
      return;
    }
    this.#state = state;
    const change: StateChange = { ...detail, state, previous };
    shield(() => this.#listeners.onState?.(change));
    this.dispatchEvent(new CustomEvent('state', { detail: change }));
  }

  protected pass(message: RawMessage): void {
    shield(() => this.#listeners.onMessage?.(message));
  }

  protected deliver(event: StreamEvent): void {
    shield(() => this.#listeners.onEvent?.(event));
  }

  protected readonly diagnose = (diagnostic: Diagnostic): void => {
    shield(() => this.#listeners.onDiagnostic?.(diagnostic));
  };

  protected measure(name: MetricName, value: number, labels?: MetricLabels): void {
    shield(() => this.#listeners.onMetric?.(name, value, labels));
  }
}

/** What a callback throws becomes an uncaught error of its own, as in an event listener; the stream goes on. */
function shield(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
