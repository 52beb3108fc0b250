/** What a report format is: a pure function from the report to text. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Evidence } from '../evidence/types.js';

/** How the text will be looked at. Formats for machines ignore it. */
export interface RenderContext {
  /** Width of the reader's terminal in columns. */
  readonly columns: number;
  readonly colour: boolean;
  /** False where the terminal may not show block characters and check marks. */
  readonly unicode: boolean;
  /** Lists passes one by one and every piece of evidence. */
  readonly verbose: boolean;
  /** True where a baseline was given that lists all that counts against the target, and nothing else. */
  readonly baselineHolds?: boolean;
  /** Where the site of the spec is published, ending in `/`: documents link to its sentences. */
  readonly specSite?: string;
  /** What the report was judged from, where it is at hand; formats with pictures draw it. */
  readonly evidence?: Evidence;
}

/** Ends with a line feed. No I/O, no clock, no environment. */
export type Renderer = (report: Report, context: RenderContext) => string;

export type ReportedRequirement = Report['requirements'][number];
export type ReportedEvidence = ReportedRequirement['evidence'][number];
export type Verdict = ReportedRequirement['verdict'];
