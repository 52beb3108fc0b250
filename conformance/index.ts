/** The kit as a library: grade a server or a client, judge stored transcripts again, look requirements up. */
export type { Report } from '../schemas/1.0/types/report.js';
export { browserDriver } from './client/drivers/browser.js';
export { commandDriver } from './client/drivers/command.js';
export { contractServiceDriver } from './client/drivers/contract-service.js';
export type { ClientDriver, ClientEnd, ClientSession, ReportLine } from './client/drivers/driver.js';
export { wireOnlyDriver } from './client/drivers/wire-only.js';
export { loadTranscripts, storeTranscripts } from './evidence/store.js';
export type { Header, Transcript } from './evidence/types.js';
export { type ProfileName, profiles } from './faults/profiles.js';
export { createFaultProxy, type FaultProxy, type FaultProxyOptions, type ProxyEvent } from './faults/proxy.js';
export {
  type GradeClientOptions,
  type GradeServerOptions,
  type Grading,
  gradeClient,
  gradeServer,
  type ServerToGrade,
} from './grading.js';
export { KitError, type KitErrorCode } from './kit-error.js';
export { type Certificate, type Check, issueCertificate, verifyCertificate } from './run/certificate.js';
export type { ClientProgress, ClientRunOptions } from './run/client-types.js';
export { type FaultyServers, readFaultyServers } from './run/faulty-servers.js';
export { type JudgingOptions, judgeTranscripts } from './run/judge-transcripts.js';
export { type SelfTestOptions, type SelfTestResult, selfTest } from './run/self-test.js';
export { mergeShards, type Shard, type ShardRun } from './run/shard.js';
export type { Level, Progress, RunOptions, RunResult, ServerTarget } from './run/types.js';
export type { OccasionName } from './server/scenarios/scenario.js';
export { readRequirements } from './spec/read-spec.js';
export type { Requirement } from './spec/requirement.js';
