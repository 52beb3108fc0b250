/** `useSSEStream`: a resilient stream as a hook. */
'use client';

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { StreamOptions } from '../client/index.js';
import { IDLE, type StreamSnapshot } from './snapshot.js';
import { type StreamCallbacks, StreamSession } from './stream-session.js';

/** Where the stream is: its URL, or a question for the search endpoint. */
export interface StreamTarget {
  readonly url?: string;
  readonly query?: string;
}

/** Options of the client go through; `silenceThreshold` is in seconds and holds until the server declares another. */
export interface UseSSEStreamOptions
  extends StreamTarget,
    StreamCallbacks,
    Omit<StreamOptions, keyof StreamCallbacks | 'signal' | 'clock' | 'random'> {
  /** Where questions go. Default `/stream/search`. */
  readonly endpoint?: string;
  /** True starts on mounting and whenever `url` or `query` change. Default false: `start()` does. */
  readonly autoStart?: boolean;
}

export interface UseSSEStream extends StreamSnapshot {
  /** Starts a stream in place of the one that may be running; without a target the one of the options. */
  readonly start: (target?: StreamTarget) => void;
  /** Closes it; the server goes on with the stream. */
  readonly stop: () => void;
}

/**
 * Safe under StrictMode (the request of the first of two mounts is never sent), on unmounting (the stream is closed
 * and nothing is called any more), when another question follows at once, and in server rendering (nothing starts).
 *
 * @throws TypeError from `start()` where there is neither `url` nor `query`.
 */
export function useSSEStream(options: UseSSEStreamOptions): UseSSEStream {
  const [session] = useState(() => new StreamSession());
  const latest = useRef(options);
  // Before the effect that may start with it.
  useEffect(() => {
    latest.current = options;
  });
  const snapshot = useSyncExternalStore(session.subscribe, session.getSnapshot, getServerSnapshot);

  const start = useCallback(
    (target?: StreamTarget) => {
      const { current } = latest;
      session.start(addressOf(current, target), optionsOfClient(current), () => latest.current);
    },
    [session],
  );
  const stop = useCallback(() => session.stop(), [session]);

  const { autoStart = false, url, query, endpoint } = options;
  const address = autoStart ? addressOf({ url, query, endpoint }) : undefined;
  useEffect(() => {
    if (address !== undefined) {
      start({ url: address });
    }
    return session.dispose;
  }, [address, start, session]);

  return { ...snapshot, start, stop };
}

function getServerSnapshot(): StreamSnapshot {
  return IDLE;
}

interface Address {
  readonly url?: string | undefined;
  readonly query?: string | undefined;
  readonly endpoint?: string | undefined;
}

function addressOf(options: Address, target: StreamTarget = {}): string {
  const url = target.url ?? (target.query === undefined ? options.url : undefined);
  if (url !== undefined) {
    return url;
  }
  const query = target.query ?? options.query;
  if (query === undefined) {
    throw new TypeError('useSSEStream: expected "url" or "query", got neither');
  }
  return `${options.endpoint ?? '/stream/search'}?query=${encodeURIComponent(query)}`;
}

/** Without what belongs to the hook. */
function optionsOfClient(options: UseSSEStreamOptions): StreamOptions {
  const { url, query, endpoint, autoStart, onContent, onComplete, onError, onHeartbeat, onState, onEvent, ...rest } =
    options;
  return rest;
}
