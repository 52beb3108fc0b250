/** The kit as a library: grade a server, judge stored transcripts again, look requirements up. */
export type { Report } from '../schemas/1.0/types/report.js';
export { loadTranscripts, storeTranscripts } from './evidence/store.js';
export type { Header, Transcript } from './evidence/types.js';
export { KitError, type KitErrorCode } from './kit-error.js';
export { type FaultyServers, readFaultyServers } from './run/faulty-servers.js';
export { gradeServer } from './run/grade-server.js';
export { type JudgingOptions, judgeTranscripts } from './run/judge-transcripts.js';
export { type SelfTestOptions, type SelfTestResult, selfTest } from './run/self-test.js';
export type { GradeServer, Level, Progress, RunOptions, RunResult, ServerTarget } from './run/types.js';
export type { OccasionName } from './server/scenarios/scenario.js';
export { readRequirements } from './spec/read-spec.js';
export type { Requirement } from './spec/requirement.js';
