/** The reference server of Resilient SSE 1.0. */

export { createStreamHandler, type StreamHandler } from './handler.js';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.js';
export { ServerMetrics } from './metrics.js';
export { answerClientError } from './node-adapter.js';
export { defaultProtocol, type ServerProtocol } from './protocol.js';
export type { RateLimit } from './rate-limit.js';
export { RedisStore, type RedisStoreOptions } from './redis-store.js';
export { ConfigurationError, DEFAULT_SETTINGS, settingsFromEnvironment } from './settings.js';
export type { StreamState, StreamStore } from './store.js';
export type { StreamHandlerOptions } from './stream-server.js';
export {
  type Authorization,
  type Authorize,
  type Chunk,
  GenerationError,
  type Outcome,
  type Produce,
  type ProduceContext,
  Refusal,
  type Settings,
  type StoredEvent,
  type StreamRecord,
  type StreamRequest,
} from './types.js';
