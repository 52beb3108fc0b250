/** Mounts one twin: the reference with its fault, on the URLs of its occasions. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { createStreamHandler, MemoryStore, type StreamHandlerOptions } from '../../server/index.js';
import { type Fault, type FaultyServer, type Listener, queryOf } from './faulty-server.js';
import { createText } from './text.js';

/** A whole life in a second and a half, so that hundreds of runs take no longer than a few. */
const SETTINGS = { heartbeatInterval: 0.2, silenceThreshold: 0.6, maxSeconds: 1.5 };

/** So small that the first events are gone long before the text ends. */
const EVICTING_HISTORY_BYTES = 1500;
/** For the occasion `limit`: the fourth stream in a row is refused. */
const TIGHT_LIMIT = { burst: 3, perMinute: 6 };

const requests = new AsyncLocalStorage<IncomingMessage>();

/** The request that the running code answers; undefined in what a generation does by itself. */
export function currentRequest(): IncomingMessage | undefined {
  return requests.getStore();
}

export interface TwinSite {
  readonly listener: Listener;
  readonly close: () => Promise<void>;
}

/** What every twin has in common. */
export function mountOptions(fault: Fault = {}): StreamHandlerOptions {
  return {
    produce: createText(fault.text ?? {}),
    ...SETTINGS,
    ...fault.settings,
    ...(fault.protocol && { protocol: fault.protocol }),
    ...(fault.authorize && { authorize: fault.authorize }),
  };
}

export function mountTwin(twin: Pick<FaultyServer, 'fault'>): TwinSite {
  const fault: Fault = typeof twin.fault === 'function' ? twin.fault() : twin.fault;
  const store = new MemoryStore();
  fault.onStore?.((streamId) => store.expire(`/${streamId}`));
  const common = mountOptions(fault);
  const plain = createStreamHandler({ ...common, store });
  const evicted = createStreamHandler({
    ...common,
    store: new MemoryStore({ maxBytesPerStream: EVICTING_HISTORY_BYTES }),
  });
  const limit = createStreamHandler({ ...common, rateLimit: TIGHT_LIMIT });
  const answer: Listener = (request, response) => {
    const occasion = queryOf(request).get('occasion');
    const handler = occasion === 'evicted' ? evicted : occasion === 'limit' ? limit : plain;
    requests.run(request, () => handler.listener(request, response));
  };
  return {
    listener: fault.around?.(answer) ?? answer,
    close: async () => {
      await Promise.all([plain, evicted, limit].map((handler) => handler.close(0)));
      store.close();
    },
  };
}
