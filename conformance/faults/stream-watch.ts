/** Looks into both directions of a connection for event streams, and says where their events end. */
import { EventBoundaries } from './event-boundaries.js';
import { type Head, HttpReader } from './http-reader.js';

/** Requests that wait for their answers; a client that sends more of them ahead is not followed. */
const PIPELINED = 64;

/** An offset in bytes from the server: where an event stream begins, or behind an event of it. */
export interface Mark {
  readonly offset: number;
  readonly isEvent: boolean;
}

/** Watches one connection. Bytes that are no HTTP/1.1, such as TLS, show nothing. */
export class StreamWatch {
  readonly #methods: string[] = [];
  readonly #onStream: () => void;
  #boundaries: EventBoundaries | undefined;
  /** The first byte of an event stream's body is still to come. */
  #isBeginning = false;
  #found: Mark[] = [];

  /** @param onStream An event stream begins on this connection. */
  constructor(onStream: () => void) {
    this.#onStream = onStream;
  }

  readonly #requests = new HttpReader({
    isAnswer: false,
    onHead: ({ startLine }) => {
      if (this.#methods.length < PIPELINED) this.#methods.push(startLine.split(' ', 1)[0] ?? '');
      return true;
    },
    onBody: () => undefined,
  });

  readonly #answers = new HttpReader({
    isAnswer: true,
    onHead: (head) => this.#beginAnswer(head),
    onBody: (bytes, start, end) => {
      if (this.#boundaries === undefined) return;
      if (this.#isBeginning) this.#found.push({ offset: start, isEvent: false });
      this.#isBeginning = false;
      for (const offset of this.#boundaries.scan(bytes, start, end)) this.#found.push({ offset, isEvent: true });
    },
  });

  /** Bytes on their way to the server. */
  sent(bytes: Uint8Array): void {
    this.#requests.push(bytes);
  }

  /** Bytes on their way to the client: the marks in them. */
  received(bytes: Uint8Array): readonly Mark[] {
    this.#found = [];
    this.#answers.push(bytes);
    return this.#found;
  }

  #beginAnswer({ startLine, fields }: Head): boolean {
    const status = Number(startLine.split(' ', 2)[1]);
    if (status >= 100 && status < 200) {
      return false;
    }
    const method = this.#methods.shift();
    const isStream = fields.get('content-type')?.startsWith('text/event-stream') === true;
    const isPlain = (fields.get('content-encoding') ?? 'identity') === 'identity';
    const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
    this.#boundaries = isStream && isPlain ? new EventBoundaries() : undefined;
    this.#isBeginning = true;
    if (isStream && hasBody) this.#onStream();
    return hasBody;
  }
}
