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
  #ended = false;
  readonly #listeners: Listeners;

  constructor(listeners: Listeners) {
    super();
    this.#listeners = listeners;
  }

  get state(): StreamState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Changes the state and announces it; nothing happens where the table does not allow it. */
  // STATE-002, STATE-003
  protected go(state: StreamState, detail: Omit<StateChange, 'state' | 'previous'>): void {
    const previous = this.#state;
    if (!transitions[previous].includes(state)) {
      return;
    }
    this.#state = state;
    this.#ended = isFinal(state);
    const change: StateChange = { ...detail, state, previous };
    tell(this.#listeners.onState, change);
    this.dispatchEvent(new CustomEvent('state', { detail: change }));
  }

  protected pass(type: string, data: string, id: number | undefined): void {
    if (this.#listeners.onMessage !== undefined) {
      tell<[RawMessage]>(this.#listeners.onMessage, { type, data, id });
    }
  }

  protected deliver(event: StreamEvent): void {
    tell(this.#listeners.onEvent, event);
  }

  protected readonly diagnose = (diagnostic: Diagnostic): void => tell(this.#listeners.onDiagnostic, diagnostic);

  protected measure(name: MetricName, value: number, labels?: MetricLabels): void {
    tell(this.#listeners.onMetric, name, value, labels);
  }
}

/**
 * What a callback throws becomes an uncaught error of its own, as in an event listener; the stream goes on. Without a
 * closure for each call: several are made for every event.
 */
function tell<Given extends unknown[]>(callback: ((...given: Given) => void) | undefined, ...given: Given): void {
  if (callback === undefined) {
    return;
  }
  try {
    callback(...given);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
