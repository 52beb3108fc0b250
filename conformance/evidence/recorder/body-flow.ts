/** The body of an answer on its way to the recorder: undoes its coding, and stops reading where asked or where full. */
import type { Readable } from 'node:stream';
import { type ContentDecoder, createDecoder } from './decode.js';
import type { EndingWithoutTime } from './exchange.js';

export interface BodyFlowOptions {
  readonly source: Readable;
  /** The `Content-Encoding` of the answer. */
  readonly coding: string | undefined;
  readonly pauseAfterBytes: number | undefined;
  /** After content decoding. */
  readonly onBytes: (bytes: Buffer) => void;
  readonly onEnd: (ending: EndingWithoutTime) => void;
}

export class BodyFlow {
  readonly #options: BodyFlowOptions;
  readonly #decoder: ContentDecoder | undefined;
  #received = 0;
  #paused = false;
  #decoderFull = false;
  #over = false;
  /** The ending once the decoder has put out what it holds. */
  #ending: EndingWithoutTime | undefined;

  constructor(options: BodyFlowOptions) {
    this.#options = options;
    const decoder = createDecoder(options.coding, {
      onBytes: (bytes) => this.#deliver(bytes),
      onDrain: () => {
        this.#decoderFull = false;
        this.#flow();
      },
      onEnd: () => this.#finish(this.#ending ?? { by: 'target', kind: 'eof' }),
      onGarbage: (detail) => this.#finish({ by: 'target', kind: 'malformed', detail: `content coding: ${detail}` }),
    });
    if (decoder === undefined) {
      const coding = String(options.coding).slice(0, 100);
      this.#finish({ by: 'target', kind: 'malformed', detail: `content coding that was not asked for: ${coding}` });
      return;
    }
    this.#decoder = decoder === 'identity' ? undefined : decoder;
    options.source.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  /** Reads on after `pauseAfterBytes`. */
  resume(): void {
    this.#paused = false;
    this.#flow();
  }

  /** The source has ended like this; told when the decoder has put out what it holds. */
  end(ending: EndingWithoutTime): void {
    if (this.#over || this.#ending !== undefined) {
      return;
    }
    this.#ending = ending;
    if (this.#decoder === undefined) {
      this.#finish(ending);
    } else {
      this.#decoder.end();
    }
  }

  /** Nothing is told afterwards. */
  destroy(): void {
    this.#over = true;
    this.#decoder?.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#over) {
      return;
    }
    this.#received += bytes.length;
    const { pauseAfterBytes } = this.#options;
    if (pauseAfterBytes !== undefined && this.#received - bytes.length < pauseAfterBytes) {
      this.#paused = this.#received >= pauseAfterBytes;
    }
    if (this.#decoder === undefined) {
      this.#deliver(bytes);
    } else {
      this.#decoderFull = !this.#decoder.write(bytes);
    }
    this.#flow();
  }

  #deliver(bytes: Buffer): void {
    if (!this.#over && bytes.length > 0) {
      this.#options.onBytes(bytes);
    }
  }

  #flow(): void {
    if (this.#paused || this.#decoderFull) {
      this.#options.source.pause();
    } else {
      this.#options.source.resume();
    }
  }

  #finish(ending: EndingWithoutTime): void {
    if (!this.#over) {
      this.#over = true;
      this.#options.onEnd(ending);
    }
  }
}
