/** The slower networks of the resilience test report, and readers that are slow by themselves. */
import type { NetworkShare } from './types.js';

/** How a connection is slowed down on the side of its reader. */
export interface Network {
  /** Bytes a millisecond; kbps divided by 8. */
  readonly bytesPerMs: number;
  /** Put on the request and on everything that comes back, milliseconds. */
  readonly latencyMs: number;
  /** Part of the latency by which it varies, 0 to 1. */
  readonly jitter: number;
}

/** 3G: 100 kbps, 150 ms, 20 % jitter. 4G: 10,000 kbps, 50 ms. Wi-Fi: 50,000 kbps, 10 ms. */
export const networks: Readonly<Record<NetworkShare['network'], Network>> = {
  '3g': { bytesPerMs: 100 / 8, latencyMs: 150, jitter: 0.2 },
  '4g': { bytesPerMs: 10_000 / 8, latencyMs: 50, jitter: 0 },
  wifi: { bytesPerMs: 50_000 / 8, latencyMs: 10, jitter: 0 },
};

/** A slow reader takes 2 KiB a second: what is sent faster piles up at the target. */
export const slowReader: Network = { bytesPerMs: 2.048, latencyMs: 0, jitter: 0 };
