/** A report on a target that puts into every text what could steer a reader: markup, commands, control characters. */
import type { Report } from '../../../schemas/1.0/types/report.js';
import {
  chunkText,
  completeText,
  connection,
  eventText,
  evidenceOf,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import type { Evidence } from '../../evidence/types.js';
import type { RenderContext } from '../renderer.js';
import { reportWith } from './fixture.js';

export const context: RenderContext = { columns: 80, colour: false, unicode: true, verbose: false };

/** Ends tags, attributes, CDATA, code and lines; has what XML forbids and what reorders text. */
export const hostile =
  '\x1b]0;owned\x07\x1b[2J\u202e<script>alert(1)</script></pre></details>]]>-->"\'`**b**`|@all [x](http://x.test) \0\ud800\uffff\r\n::error::owned%0A';

const piece = {
  scenario: 'read-through',
  connection: `first ${hostile}`,
  atMs: 2304,
  offset: 120,
  expected: 'a heartbeat within 1000 ms',
  actual: `nothing for 2304 ms, then ${hostile}`,
  excerpt: `event: ${hostile}`,
};
/** What the pieces are about: a reader of a stream that falls silent, is cut and resumed; no answer; a flood. */
const hostileEvidence: Evidence = evidenceOf(
  scenario('read-through', [
    connection({
      label: piece.connection,
      headers: { 'X-Trace-ID': hostile.replaceAll(/[\0\r\n]/g, '') },
      sse: [
        [20, heartbeatText()],
        [40, chunkText(1)],
        [2304, eventText(`x-${hostile.replaceAll(/[\r\n]/g, '')}`, { trace_id: 'trace-1' }, 2)],
      ],
      end: { atMs: 2400, by: 'target', kind: 'reset' },
    }),
    connection({
      label: 'resumed',
      sentAtMs: 2450,
      url: 'http://target.test/stream?last_event_id=1%3Cscript%3E',
      sse: [
        [2470, heartbeatText()],
        [2500, Array.from({ length: 5000 }, (_, index) => chunkText(index + 2)).join('')],
        [3200, completeText(5002)],
      ],
    }),
    connection({ label: 'refused', sentAtMs: 2600, status: null, end: { atMs: 2601, kind: 'refused' } }),
    ...Array.from({ length: 9 }, (_, index) => connection({ label: `more-${index}`, sentAtMs: 2700 })),
  ]),
);
const hint = `Give a URL whose stream ends in an error: --occasion error=URL. ${hostile}`;

/** How the page is drawn where the transcripts are at hand. */
export const contextWithEvidence: RenderContext = { ...context, evidence: hostileEvidence };

/** One requirement of every verdict but `pass`, which the others have. */
export const hostileReport: Report = reportWith(
  {
    'HEARTBEAT-001': { verdict: 'fail', mend: 'Write it before `anything` else.', evidence: [piece, piece] },
    'CAP-001': { verdict: 'fail', evidence: [{ ...piece, expected: 'the end at 3 s', actual: 'open for 4.2 s' }] },
    'HTTP-010': { verdict: 'warn', evidence: [{ ...piece, expected: 'X-Stream-Protocol: 1.0', actual: 'none' }] },
    'END-005': { verdict: 'not-observed', reason: hint },
    'END-006': { verdict: 'not-observed', reason: hint, accepted: true },
    'HTTP-011': { verdict: 'not-applicable', reason: 'It speaks HTTP/1.1.' },
    'EVENT-001': { verdict: 'untestable', reason: 'Nothing of it reaches the wire.' },
    'ID-002': { verdict: 'inconclusive', reason: hostile },
    'TRACE-003': { verdict: 'kit-error', reason: 'The rule broke.' },
  },
  {
    grade: 'C',
    conforms: false,
    notes: [`The run was quick. ${hostile}`],
    target: `http://host.test/${hostile}`,
  },
);
