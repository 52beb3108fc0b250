/** The time of day for what counts on the page, once a second while it is wanted. */
import { useEffect, useState } from 'react';

const TICK_MS = 250;

export function useNow(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) {
      return undefined;
    }
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}
