/** The schemas of Resilient SSE 1.0: the documents, the types generated from them, and the validators. */

export { type JsonSchema, loadSchema, type SchemaName, schemaNames, schemas } from './documents.js';
export type { Certificate } from './types/certificate.js';
export type { ClientDiagnostic, ClientError, ClientEvent, ClientReport, ClientState } from './types/client-report.js';
export type { Complete } from './types/complete.js';
export type { ContentChunk } from './types/content-chunk.js';
export type { ErrorEvent } from './types/error.js';
export type { EventData } from './types/event-data.js';
export type { Fault, Faults, LinkShape } from './types/faults.js';
export type { Fleet } from './types/fleet.js';
export type { FleetIndex, FleetTarget } from './types/fleet-index.js';
export type { Heartbeat } from './types/heartbeat.js';
export type { LoadPlan } from './types/load-plan.js';
export type { LoadReport } from './types/load-report.js';
export type { LoadFinding, LoadGenerator, LoadResult } from './types/load-result.js';
export type { AggregateMetrics, Metrics, ScenarioMetrics } from './types/metrics.js';
export type { Problem } from './types/problem.js';
export type { EvidenceItem, LevelResult, Report, RequirementResult, Verdict } from './types/report.js';
export type { RequirementId } from './types/requirement-id.js';
export type { ResponseHeaders } from './types/response-headers.js';
export type { ShardFile } from './types/shard.js';
export type { Objective, Sla } from './types/sla.js';
export type { Target } from './types/target.js';
export type { Transcript } from './types/transcript.js';
export { isOfSchema, type Violation, validate, validatePayload } from './validate.js';
export {
  type BackoffVector,
  type CursorVector,
  loadBackoffVectors,
  loadCursorVectors,
  loadParameterVectors,
  loadResumeVectors,
  loadVectorFiles,
  loadWireVectors,
  type ParameterVector,
  type ResumeVector,
  type Vectors,
  type WireVector,
} from './vectors.js';
