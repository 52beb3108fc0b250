/** Tells the harness what a stream has brought, numbered and in order. */

export type CallbackMessage =
  | { readonly kind: 'event'; readonly event: { readonly type: string; readonly data: string; readonly id?: string } }
  | { readonly kind: 'error'; readonly comment: string }
  /** Only for those who have ordered it: the harness has no such kind. */
  | { readonly kind: 'report'; readonly report: Readonly<Record<string, unknown>> };

export class Callbacks {
  readonly #baseUrl: string;
  readonly #abort = new AbortController();
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl.replace(/\/$/, '');
  }

  /** The harness sorts by number; one after the other keeps the load on it small. */
  send(message: CallbackMessage): void {
    this.#count += 1;
    const url = `${this.#baseUrl}/${this.#count}`;
    this.#last = this.#last.then(() => this.#post(url, message));
  }

  close(): void {
    this.#abort.abort();
  }

  async #post(url: string, message: CallbackMessage): Promise<void> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(message),
        signal: this.#abort.signal,
      });
      await answer.body?.cancel();
    } catch {
      // The harness has gone on to its next test: nobody is there to be told.
    }
  }
}
