/** Which generated type belongs to which schema. */

import type { Certificate } from './types/certificate.js';
import type { ClientReport } from './types/client-report.js';
import type { Complete } from './types/complete.js';
import type { ContentChunk } from './types/content-chunk.js';
import type { ErrorEvent } from './types/error.js';
import type { EventData } from './types/event-data.js';
import type { Faults } from './types/faults.js';
import type { Fleet } from './types/fleet.js';
import type { FleetIndex } from './types/fleet-index.js';
import type { Heartbeat } from './types/heartbeat.js';
import type { LoadPlan } from './types/load-plan.js';
import type { LoadReport } from './types/load-report.js';
import type { LoadResult } from './types/load-result.js';
import type { Metrics } from './types/metrics.js';
import type { Problem } from './types/problem.js';
import type { Report } from './types/report.js';
import type { ResponseHeaders } from './types/response-headers.js';
import type { ShardFile } from './types/shard.js';
import type { Sla } from './types/sla.js';
import type { Target } from './types/target.js';
import type { Transcript } from './types/transcript.js';
import type { Vectors } from './types/vectors.js';

/** The type of a value that is valid against the schema of that name. */
export interface SchemaTypes {
  readonly 'content-chunk': ContentChunk;
  readonly heartbeat: Heartbeat;
  readonly complete: Complete;
  readonly error: ErrorEvent;
  readonly 'event-data': EventData;
  readonly 'response-headers': ResponseHeaders;
  readonly problem: Problem;
  readonly report: Report;
  readonly transcript: Transcript;
  readonly target: Target;
  readonly shard: ShardFile;
  readonly certificate: Certificate;
  readonly 'client-report': ClientReport;
  readonly metrics: Metrics;
  readonly sla: Sla;
  readonly fleet: Fleet;
  readonly 'fleet-index': FleetIndex;
  readonly 'load-plan': LoadPlan;
  readonly 'load-result': LoadResult;
  readonly 'load-report': LoadReport;
  readonly faults: Faults;
  readonly vectors: Vectors;
}
