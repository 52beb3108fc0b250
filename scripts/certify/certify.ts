/** Grades one mount of the reference server with the kit's own run. */
import { gradeServer, type Report } from '../../conformance/index.js';
import type { Mount } from './mounts.js';

/** The kit says itself when the machine was too busy to judge; then it is asked again. */
const MAX_RUNS = 3;

export async function certify(mount: Mount): Promise<Report> {
  for (let run = 1; ; run += 1) {
    const report = await grade(mount);
    if (report.summary.inconclusive === 0 || run === MAX_RUNS) return report;
  }
}

async function grade(mount: Mount): Promise<Report> {
  const { url, occasions, http2, shutDown, remove } = await mount.start();
  try {
    const { report } = await gradeServer({
      target: { url, occasions, headers: [], choosesStreamId: true, ...(http2 && { connect: { http2 } }) },
      spec: '1.0',
      level: 'Resume',
      only: [],
      strict: true,
      acceptUnobserved: [],
      concurrency: 8,
      quick: false,
      shutdown: async () => shutDown(),
    });
    return report;
  } finally {
    await remove();
  }
}

/** Requirements that were not met, one a line. */
export function faultsOf(report: Report): string[] {
  return report.requirements
    .filter(({ verdict }) => !['pass', 'not-applicable', 'untestable'].includes(verdict))
    .map(({ id, verdict, reason, evidence: [first] }) => {
      const seen = first ? `${first.scenario}/${first.connection ?? ''}: ${first.expected}; ${first.actual}` : '';
      return `${id} ${verdict} ${reason ?? ''} ${seen}`.trim();
    });
}
