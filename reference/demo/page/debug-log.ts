/** The last lines of what happened, for the panel for developers. */

export type LogKind = 'request' | 'event' | 'state' | 'fault' | 'note';

export interface LogLine {
  readonly key: number;
  /** Milliseconds since the question was asked. */
  readonly atMs: number;
  readonly kind: LogKind;
  readonly text: string;
  /** Where it stands for a run of events: their type and the id of the first. */
  readonly run?: { readonly type: string; readonly first: number };
}

const MAX_LINES = 200;

export class DebugLog {
  #lines: readonly LogLine[] = [];
  #startMs = performance.now();
  #next = 0;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Newest first. */
  readonly getLines = (): readonly LogLine[] => this.#lines;

  /** Time counts from here. */
  restart(): void {
    this.#startMs = performance.now();
    this.#change([]);
  }

  add(kind: LogKind, text: string): void {
    this.#push({ ...this.#stamp(), kind, text });
  }

  /** Events of one type in a row share a line, or the words of an answer would push out all that matters. */
  addEvent(type: string, id: number | null): void {
    const [newest, ...older] = this.#lines;
    if (id === null) {
      this.add('event', type);
    } else if (newest?.run?.type === type) {
      const { run } = newest;
      this.#change([{ ...newest, text: `${type} ${run.first} to ${id}` }, ...older]);
    } else {
      this.#push({ ...this.#stamp(), kind: 'event', text: `${type} ${id}`, run: { type, first: id } });
    }
  }

  #stamp(): { key: number; atMs: number } {
    this.#next += 1;
    return { key: this.#next, atMs: performance.now() - this.#startMs };
  }

  #push(line: LogLine): void {
    this.#change([line, ...this.#lines].slice(0, MAX_LINES));
  }

  #change(lines: readonly LogLine[]): void {
    this.#lines = lines;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
