/** Compresses a connection, and lets no event wait for the next one. */
import { constants, createGzip } from 'node:zlib';
import { Frame, type Outlet } from './outlet.js';

export class GzipOutlet implements Outlet {
  /** An event is small and its forerunners are like it: 4 KiB of window are enough, and a sixteenth of the memory. */
  readonly #gzip = createGzip({ windowBits: 12, memLevel: 5 });

  constructor(private readonly inner: Outlet) {
    this.#gzip.on('data', (bytes: Buffer) => inner.write(new Frame(bytes)));
    this.#gzip.on('end', () => inner.end());
    inner.onClose(() => this.#gzip.destroy());
  }

  get bufferedBytes(): number {
    return this.#gzip.writableLength + this.inner.bufferedBytes;
  }

  write(frame: Frame): void {
    if (this.#gzip.destroyed) return;
    this.#gzip.write(frame.bytes);
    // HTTP-019
    this.#gzip.flush(constants.Z_SYNC_FLUSH);
  }

  drained(): Promise<void> {
    return this.inner.drained();
  }

  end(): void {
    this.#gzip.end();
  }

  destroy(): void {
    this.inner.destroy();
  }

  onClose(listener: () => void): void {
    this.inner.onClose(listener);
  }
}
