/**
 * Every decision that a requirement names, as one object: `createStreamHandler({ protocol: { … } })` overrides some.
 *
 * The seams, by module:
 * - http.ts       eventHeaders, parameterHeaders, contentCoding, hopHeaders, originHeaders, isForeignPage, answerOptions, acceptsEventStream, parseStreamId,
 *                 chooseStreamId, streamKey, needsAuthorization, parametersOf, matchesStream, createsStream, creationHeaders,
 *                 formatProblem, successStatus
 * - events.ts     formatEvent, encodeText, encodeData, maxEventBytes, contentData, completeData, isOwnReason, errorData,
 *                 heartbeatData, heartbeatEvent, heartbeatDelayMs, firstHeartbeatDelayMs, splitContent, deliver, closeDelayMs
 * - resume.ts     parseCursor, decideResumption, refusalEvent
 * - lifecycle.ts  capDelayMs, endsWithoutReaders, cancelReason, followsLive, replayLimit, admitsReader, overflows, shutdownText
 * - trace.ts      chooseTraceId
 */
import * as events from './events.js';
import * as http from './http.js';
import * as lifecycle from './lifecycle.js';
import * as resume from './resume.js';
import { chooseTraceId } from './trace.js';

export const defaultProtocol = {
  successStatus: http.SUCCESS_STATUS,
  eventHeaders: http.eventHeaders,
  parameterHeaders: http.parameterHeaders,
  contentCoding: http.contentCoding,
  hopHeaders: http.hopHeaders,
  originHeaders: http.originHeaders,
  isForeignPage: http.isForeignPage,
  answerOptions: http.answerOptions,
  acceptsEventStream: http.acceptsEventStream,
  parseStreamId: http.parseStreamId,
  chooseStreamId: http.chooseStreamId,
  streamKey: http.streamKey,
  needsAuthorization: http.needsAuthorization,
  parametersOf: http.parametersOf,
  matchesStream: http.matchesStream,
  createsStream: http.createsStream,
  creationHeaders: http.creationHeaders,
  formatProblem: http.formatProblem,

  formatEvent: events.formatEvent,
  encodeText: events.encodeText,
  encodeData: events.encodeData,
  maxEventBytes: events.MAX_EVENT_BYTES,
  contentData: events.contentData,
  completeData: events.completeData,
  isOwnReason: events.isOwnReason,
  errorData: events.errorData,
  heartbeatData: events.heartbeatData,
  heartbeatEvent: events.heartbeatEvent,
  heartbeatDelayMs: events.heartbeatDelayMs,
  firstHeartbeatDelayMs: events.firstHeartbeatDelayMs,
  splitContent: events.splitContent,
  deliver: events.deliver,
  closeDelayMs: events.closeDelayMs,

  parseCursor: resume.parseCursor,
  decideResumption: resume.decideResumption,
  refusalEvent: resume.refusalEvent,

  capDelayMs: lifecycle.capDelayMs,
  endsWithoutReaders: lifecycle.endsWithoutReaders,
  cancelReason: lifecycle.cancelReason,
  followsLive: lifecycle.followsLive,
  replayLimit: lifecycle.replayLimit,
  admitsReader: lifecycle.admitsReader,
  overflows: lifecycle.overflows,
  shutdownText: lifecycle.shutdownText,

  chooseTraceId,
};

export type ServerProtocol = Readonly<typeof defaultProtocol>;
