/** Holds the state of a stream and tells the application: states, diagnostics, metrics. */
import { isFinal, type StreamState, transitions } from './states.js';
import type { Diagnostic, MetricName, StateChange, StreamOptions } from './types.js';

export class Announcer extends EventTarget {
  #state: StreamState = 'idle';
  readonly #listeners: Pick<StreamOptions, 'onState' | 'onDiagnostic' | 'onMetric'>;

  constructor(listeners: Pick<StreamOptions, 'onState' | 'onDiagnostic' | 'onMetric'>) {
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
  // STATE-003
  protected go(state: StreamState, detail: Omit<StateChange, 'state' | 'previous'>): void {
    const previous = this.#state;
    if (!transitions[previous].includes(state)) {
      return;
    }
    this.#state = state;
    const change: StateChange = { ...detail, state, previous };
    this.#listeners.onState?.(change);
    this.dispatchEvent(new CustomEvent('state', { detail: change }));
  }

  protected readonly diagnose = (diagnostic: Diagnostic): void => this.#listeners.onDiagnostic?.(diagnostic);

  protected measure(name: MetricName, value: number): void {
    this.#listeners.onMetric?.(name, value);
  }
}
