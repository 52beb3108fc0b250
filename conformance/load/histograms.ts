/** The histograms of a load run: what is recorded where, in microseconds, and how they travel and add up. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { LoadHistograms } from './types.js';

export type HistogramName = keyof LoadHistograms;

export type Histograms = Readonly<Record<HistogramName, Histogram>>;

/** One hour: longer ones are counted as this long. */
const LONGEST_US = 3_600_000_000;

function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
  });
}

export function createHistograms(): Histograms {
  return {
    timeToFirstEvent: createHistogram(),
    interEvent: createHistogram(),
    reconnect: createHistogram(),
    detection: createHistogram(),
    resumption: createHistogram(),
    lag: createHistogram(),
  };
}

export function recordMs(histogram: Histogram, milliseconds: number): void {
  const us = Math.round(milliseconds * 1000);
  histogram.recordValue(Math.min(Math.max(0, us), LONGEST_US));
}

export function encodeHistograms(histograms: Histograms): LoadHistograms {
  return mapNames((name) => encodeIntoCompressedBase64(histograms[name]));
}

/** Throws where a histogram is damaged. */
export function decodeHistograms(encoded: LoadHistograms): Histograms {
  return mapNames((name) => {
    const histogram = createHistogram();
    histogram.add(decodeFromCompressedBase64(encoded[name]));
    return histogram;
  });
}

/** Adds the second ones to the first. */
export function addHistograms(to: Histograms, from: Histograms): void {
  mapNames((name) => to[name].add(from[name]));
}

function mapNames<T>(make: (name: HistogramName) => T): Record<HistogramName, T> {
  return {
    timeToFirstEvent: make('timeToFirstEvent'),
    interEvent: make('interEvent'),
    reconnect: make('reconnect'),
    detection: make('detection'),
    resumption: make('resumption'),
    lag: make('lag'),
  };
}
