/**
 * For pages: gathers what `onMetric` says, counters summed up, until it is sent to the collector. An example.
 *
 *   const measurements = gatherMeasurements();
 *   connectStream(url, { onMetric: measurements.take });
 *   document.addEventListener('visibilitychange', () => {
 *     if (document.hidden) navigator.sendBeacon('/measurements', JSON.stringify(measurements.empty()));
 *   });
 */

/** These two are values of their own; all others are counters, to be summed up. */
const SINGLE = ['sse_reconnect_time_ms', 'sse_stream_completion_rate'];
/** Times and rates beyond this are dropped: nobody has so many interruptions between two reports. */
const MAX_SINGLE = 500;

export function gatherMeasurements() {
  let sums = new Map();
  let single = [];
  return {
    take(name, value, labels) {
      if (SINGLE.includes(name)) {
        if (single.length < MAX_SINGLE) single.push([name, value]);
        return;
      }
      const key = `${name} ${labels?.category ?? ''}`;
      const [, sum = 0] = sums.get(key) ?? [];
      sums.set(key, labels === undefined ? [name, sum + value] : [name, sum + value, labels]);
    },
    /** All there is, for JSON; what follows starts from nothing. */
    empty() {
      const all = [...sums.values(), ...single];
      sums = new Map();
      single = [];
      return all;
    },
  };
}
