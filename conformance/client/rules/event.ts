/** The rules on clients of the chapters on events and on ids. */
import type { Evidence } from '../../evidence/types.js';
import { clientRules, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { broken } from './event-broken.js';
import { judgeContent, judgeJoined, judgeTrimmed, judgeUntyped } from './event-bytes.js';
import { size } from './event-size.js';
import {
  cursorAt,
  cursorOf,
  detectsSilence,
  failuresOf,
  lastEventMs,
  placeAt,
  reportedIds,
  reportsAtAll,
  type Session,
  sessionsOf,
} from './session.js';
import { ANY_CLIENT, describeCursor, overSessions, REPORT, tookIn } from './shapes.js';

const LINE_ENDS = ['line-ends-cr', 'line-ends-crlf', 'line-ends-crlf-split', 'chunked-1', 'chunked-2', 'chunked-3'];

/** Shows whether the client sends a cursor and what it says about any cut. */
const PLAIN = 'cut-after';

/**
 * A rule about one decoration: the client takes in what stands before the cut, `id` the last of it. `also` looks at
 * every session besides, those of the scenarios `more` too.
 */
function decorated(
  scenario: string,
  id: number,
  observes: string,
  how: string,
  mend: string,
  more: readonly string[] = [],
  also: (session: Session, evidence: Evidence) => Iterable<Sighting> = () => [],
) {
  const from = [scenario, PLAIN, ...more];
  return overSessions({ from, observes, occasion: ANY_CLIENT, mend }, (session, evidence) => [
    ...(session.scenario.scenario === scenario ? tookIn(session, evidence, id, how) : []),
    ...also(session, evidence),
  ]);
}

function* judgeNoError(session: Session, evidence: Evidence, what: string): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || !reportsAtAll(evidence, 'event', 'state', 'error')) {
    return;
  }
  // Some clients tell of every cut as an error: what counts is that there is none besides.
  const ofAnyCut = sessionsOf(evidence, [PLAIN]).flatMap(failuresOf).length;
  const { sentAtMs = Number.POSITIVE_INFINITY } = session.connections[1] ?? {};
  const failures = failuresOf(session).filter(({ atMs }) => atMs <= sentAtMs);
  const extra = failures[ofAnyCut];
  yield extra === undefined
    ? right(placeOf(first))
    : wrong(placeOf(first), `no error over ${what}`, JSON.stringify(extra.report).slice(0, 200));
}

/** A sign of life that is none to the client shows as silence: the close comes when the threshold has passed since the last known event. */
function* judgeSignOfLife(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || first.events().length < 3) {
    return;
  }
  const known = first.events().filter(({ type }) => type === 'heartbeat' || type === 'content_chunk');
  const sinceKnownMs = first.end.atMs - (known.at(-1)?.atMs ?? 0);
  if (first.end.by === 'target' && first.terminal === undefined) {
    // Sooner than that it is no silence: the client stumbled over the type.
    if (sinceKnownMs >= first.declared.silenceThreshold * 500 && lastEventMs(first) > (known.at(-1)?.atMs ?? 0)) {
      const seen = `closed ${Math.round(sinceKnownMs)} ms after the last event of a known type`;
      yield wrong(placeAt(session, first.end.atMs, first), 'open while events of an unknown type come', seen);
    }
  } else if (first.terminal !== undefined && detectsSilence(evidence)) {
    yield right(placeOf(first));
  }
}

/** The cursor of the second request, where the client sends any. */
function* judgeSecondCursor(session: Session, evidence: Evidence, id: number): Iterable<Sighting> {
  const [, second] = session.connections;
  const cursor = second && cursorAt(second, evidence);
  if (second !== undefined && cursor !== undefined) {
    const place = placeAt(session, second.sentAtMs, second);
    yield cursor === id ? right(place) : wrong(place, `the cursor "${id}"`, describeCursor(cursorOf(second)));
  }
}

export const event = clientRules('EVENT', {
  'EVENT-015': overSessions(
    {
      from: LINE_ENDS,
      observes: 'Whether a stream is taken in whole whatever its line ends and wherever its bytes are cut.',
      occasion: ANY_CLIENT,
      mend: 'Use a parser of the WHATWG event stream format, and decode UTF-8 over the bounds of reads.',
    },
    function* (session, evidence) {
      const lineEnds = session.scenario.scenario.replaceAll('-', ' ');
      yield* tookIn(session, evidence, 9, `a stream played as "${lineEnds}"`);
      yield* judgeContent(session);
    },
  ),
  'EVENT-016': decorated(
    'bom',
    1,
    'The cursor after a stream that begins with a byte order mark, and what becomes of one in its content.',
    'a stream with a byte order mark',
    'Strip one U+FEFF at the start of the stream, as a UTF-8 decoder does, and none elsewhere.',
    [],
    (session) => (session.scenario.scenario === 'bom' ? judgeContent(session) : []),
  ),
  'EVENT-017': decorated(
    'no-space',
    3,
    'The cursor after fields without a space after the colon.',
    'fields without a space after the colon',
    'Take what follows the colon, less one space where there is one.',
    ['two-spaces'],
    (session) => (session.scenario.scenario === 'two-spaces' ? judgeTrimmed(session) : []),
  ),
  'EVENT-018': decorated(
    'multi-line',
    2,
    'The cursor after an event whose JSON stands on two data lines.',
    'an event with two data lines',
    'Join the data lines of an event with LF before the data are read.',
    ['multi-line-joined', 'malformed-once'],
    (session, evidence) => (session.scenario.scenario === 'multi-line-joined' ? judgeJoined(session, evidence) : []),
  ),
  'EVENT-019': decorated(
    'comments',
    2,
    'The cursor after comments between events and within one, and whether they lead to an error.',
    'a stream with comments',
    'Drop lines that begin with a colon, wherever they stand.',
    [],
    (session, evidence) =>
      session.scenario.scenario === 'comments' ? judgeNoError(session, evidence, 'comments') : [],
  ),
  'EVENT-020': overSessions(
    {
      from: ['unknown-type', 'untyped', PLAIN],
      observes: 'Whether an event of an unknown type leads to an error, and one without a type is taken for content.',
      occasion: REPORT,
      mend: 'Ignore types that you do not know.',
    },
    function* (session, evidence) {
      if (session.scenario.scenario === 'unknown-type') {
        yield* judgeNoError(session, evidence, 'an event of type x-note');
      } else if (session.scenario.scenario === 'untyped') {
        yield* judgeUntyped(session);
      }
    },
  ),
  'EVENT-021': decorated(
    'unknown-members',
    2,
    'The cursor after an event with members and fields that nobody knows.',
    'an event with unknown members',
    'Read the members you know and leave the others alone.',
  ),
  'EVENT-022': overSessions(
    {
      from: ['unknown-alive', 'stall'],
      observes: 'Whether a connection that brings only events of an unknown type is held for dead.',
      occasion: 'Let the client detect silence.',
      mend: 'Restart the silence timer with every event, before its type is looked at.',
      timed: true,
    },
    (session, evidence) => (session.scenario.scenario === 'stall' ? [] : judgeSignOfLife(session, evidence)),
  ),
  'EVENT-023': overSessions(
    {
      from: ['unknown-type', PLAIN],
      observes: 'The cursor after an event of an unknown type that carries an id.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Move the cursor with the id of every event, before its type is looked at.',
    },
    (session, evidence) => (session.scenario.scenario === PLAIN ? [] : judgeSecondCursor(session, evidence, 3)),
  ),
  'EVENT-029': overSessions(
    {
      from: ['nul-id', PLAIN],
      observes: 'The cursor after an id with NUL.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Ignore an id field whose value contains U+0000.',
    },
    (session, evidence) => (session.scenario.scenario === PLAIN ? [] : judgeSecondCursor(session, evidence, 2)),
  ),
  ...size,
  ...broken,
});

export const id = clientRules('ID', {
  'ID-008': overSessions(
    {
      from: ['numeric-ids', PLAIN],
      observes: 'What is taken in of the events 9 to 13: "10" is less than "9" as text.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Turn ids into numbers before you compare them.',
    },
    function* (session, evidence) {
      if (session.scenario.scenario === PLAIN) {
        return;
      }
      yield* judgeSecondCursor(session, evidence, 10);
      const ids = reportedIds(session);
      const lost = [9, 10, 11, 12].find((id) => !ids.includes(id));
      const [first, second] = session.connections;
      // The last event of the first connection is the tenth; what the second brings is looked at where it was read on.
      if (first !== undefined && second !== undefined && ids.includes(9) && lost !== undefined) {
        yield wrong(placeOf(first), 'events 9 to 12 reported', `event ${lost} was not`);
      }
    },
  ),
});
