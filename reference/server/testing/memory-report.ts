/** Preloaded into a server under test: says on request what it uses. */

/** Bytes, and milliseconds of all cores since the start. */
export interface Usage {
  /** On the heap and outside of it, after a collection. */
  readonly used: number;
  readonly resident: number;
  readonly cpuMs: number;
}

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ used: heapUsed + external, resident: rss, cpuMs: (user + system) / 1000 } satisfies Usage);
});
process.channel?.unref();
