/** Tells when a page woke up: visible, online, or back from the back-forward cache. */

/** Calls back on each waking; returns how to stop. Does nothing outside a page. */
// STATE-010: hiding is not listened to, so that it cannot close anything.
export function onWake(callback: () => void): () => void {
  if (typeof document === 'undefined' || typeof addEventListener === 'undefined') {
    return () => undefined;
  }
  const listening = new AbortController();
  const { signal } = listening;
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') {
      callback();
    }
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  addEventListener('online', callback, { signal });
  addEventListener('pageshow', (event) => event.persisted && callback(), { signal });
  return () => listening.abort();
}
