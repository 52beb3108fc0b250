/** Takes in what a client reports: only what the schema knows, bounded in number and size. */
import { isOfSchema } from '../../../schemas/1.0/validate.js';
import type { RecordedReport } from '../../evidence/types.js';
import type { ReportLine } from './driver.js';
import { DATA_HEAD, DATA_KEPT, LINES } from './limits.js';

/** States that are not final (STATE-007), by their names in the spec. */
const BUSY: ReadonlySet<unknown> = new Set(['connecting', 'open', 'waiting', 'reconnecting']);

export class ReportIntake {
  readonly #reports: RecordedReport[] = [];
  #ignored = 0;
  #state: unknown;

  get reports(): readonly RecordedReport[] {
    return this.#reports;
  }

  /** Values that were no reports, or one too many. */
  get ignored(): number {
    return this.#ignored;
  }

  /** True where the last state that was told is one of those that lead on by themselves. */
  readonly isBusy = (): boolean => BUSY.has(this.#state);

  /** True where the line is a report. */
  readonly take = ({ atMs, value }: ReportLine): boolean => {
    if (this.#reports.length >= LINES || !isReport(value)) {
      this.#ignored += 1;
      return false;
    }
    if (value.type === 'state') {
      this.#state = value.state;
    }
    this.#reports.push({ atMs, report: shortened(value) });
    return true;
  };
}

function isReport(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && isOfSchema('client-report', value);
}

/** Long data is cut: that it arrived, and how long it was, is what rules look at. */
function shortened(report: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { data } = report;
  if (data === undefined) {
    return report;
  }
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return text.length <= DATA_KEPT
    ? report
    : { ...report, data: text.slice(0, DATA_HEAD), dataCut: true, dataLength: text.length };
}
