/** EVENT-026 to EVENT-028: data that are no JSON object. */
import type { Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import {
  cursorAt,
  cursorOf,
  failuresOf,
  placeAt,
  reportedIds,
  reportsAtAll,
  reportsOf,
  type Session,
  textOf,
} from './session.js';
import { describeCursor, noRequestAfter, overSessions, REPORT } from './shapes.js';

/** Words by which a line says that data could not be read. */
const SAYS_SO = /protocol|malform|json|pars|syntax|invalid|data/i;

/** Id of the malformed event. */
const BROKEN_ID = 4;

function* judgeReported(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || !reportsAtAll(evidence, 'event', 'state', 'error', 'diagnostic')) {
    return;
  }
  const said = [...failuresOf(session), ...reportsOf(session, 'diagnostic')];
  yield said.some((report) =>
    SAYS_SO.test(['code', 'reason', 'message'].map((member) => textOf(report, member)).join(' ')),
  )
    ? right(placeOf(first))
    : wrong(
        placeOf(first),
        'an error or a diagnostic that tells of malformed data',
        said.length === 0 ? 'neither' : JSON.stringify(said.at(-1)?.report).slice(0, 200),
      );
}

function* judgeCursor(session: Session, evidence: Evidence): Iterable<Sighting> {
  const passed = reportedIds(session).find((id) => id > BROKEN_ID);
  const [first, second] = session.connections;
  const cursor = second && cursorAt(second, evidence);
  if (second !== undefined && cursor !== undefined) {
    const place = placeAt(session, second.sentAtMs, second);
    yield cursor < BROKEN_ID
      ? right(place)
      : wrong(place, `a cursor below ${BROKEN_ID}`, describeCursor(cursorOf(second)));
  } else if (second === undefined && first !== undefined && passed !== undefined) {
    yield wrong(placeOf(first), `no event past the malformed event ${BROKEN_ID}`, `event ${passed} reported`);
  }
}

function* judgeOneMoreTry(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined || session.scenario.outcome !== 'done') {
    return;
  }
  if (second !== undefined && (cursorAt(second, evidence) ?? 0) >= BROKEN_ID) {
    return;
  }
  if (second === undefined) {
    // A client that went past the event shows EVENT-027's fault, and had no reason to come back.
    if (!reportedIds(session).some((id) => id > BROKEN_ID)) {
      yield wrong(placeOf(first), 'one more request after the malformed event', 'no other request');
    }
  } else if (session.scenario.scenario === 'malformed-always') {
    const completed = reportsOf(session, 'state').find((report) => textOf(report, 'state') === 'completed');
    const passed = reportedIds(session).find((id) => id > BROKEN_ID);
    const on = completed !== undefined ? 'completed' : passed === undefined ? undefined : `event ${passed} reported`;
    yield* on === undefined
      ? noRequestAfter(session, 1, evidence, 'the second malformed event')
      : [wrong(placeOf(second), 'failure at the second malformed event', on)];
  } else {
    yield right(placeAt(session, second.sentAtMs, second));
  }
}

const ALL = ['malformed-once', 'malformed-array', 'malformed-always'];

export const broken = {
  'EVENT-026': overSessions(
    {
      from: ['malformed-once', 'malformed-array'],
      observes: 'Whether the client says anything about data that are no JSON object.',
      occasion: REPORT,
      mend: 'Report an error with the code protocol, or a diagnostic, for data that do not parse.',
    },
    judgeReported,
  ),
  'EVENT-027': overSessions(
    {
      from: ALL,
      observes: 'The cursor after an event whose data are malformed, and what is delivered after it.',
      occasion: 'Let the client reconnect after a malformed event, or report events.',
      mend: 'Move the cursor only after the data were read.',
    },
    judgeCursor,
  ),
  'EVENT-028': overSessions(
    {
      from: ALL,
      observes: 'How often the client comes back for an event whose data are malformed.',
      occasion: 'Let the client run until it has failed.',
      mend: 'Break the connection off at the malformed event, come back once, and fail with protocol the second time.',
    },
    judgeOneMoreTry,
  ),
} satisfies RuleBook<'client', 'EVENT'>;
