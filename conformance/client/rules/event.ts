/** The rules on clients of the chapters on events and on ids. */
import { clientRules, placeOf, right, wrong } from '../../judge/rule.js';
import { broken } from './event-broken.js';
import { size } from './event-size.js';
import { cursorOf, placeAt, reportsAtAll, reportsOf, sessionsOf, textOf } from './session.js';
import { ANY_CLIENT, describeCursor, overSessions, REPORT, tookIn } from './shapes.js';

const LINE_ENDS = ['line-ends-cr', 'line-ends-crlf', 'line-ends-crlf-split', 'chunked-1', 'chunked-2', 'chunked-3'];

/** A rule about one decoration: the client takes in what stands before the cut, `id` the last of it. */
function decorated(scenario: string, id: number, observes: string, how: string, mend: string) {
  return overSessions({ from: [scenario], observes, occasion: ANY_CLIENT, mend }, (session, evidence) =>
    tookIn(session, evidence, id, how),
  );
}

export const event = clientRules('EVENT', {
  'EVENT-015': overSessions(
    {
      from: LINE_ENDS,
      observes: 'Whether a stream is taken in whole whatever its line ends and wherever its bytes are cut.',
      occasion: ANY_CLIENT,
      mend: 'Use a parser of the WHATWG event stream format, and decode UTF-8 over the bounds of reads.',
    },
    (session, evidence) => {
      const lineEnds = session.scenario.scenario.replaceAll('-', ' ');
      return tookIn(session, evidence, 9, `a stream played as "${lineEnds}"`);
    },
  ),
  'EVENT-016': decorated(
    'bom',
    1,
    'The cursor after a stream that begins with a byte order mark before its first field.',
    'a stream with a byte order mark',
    'Strip one U+FEFF at the start of the stream, as a UTF-8 decoder does.',
  ),
  'EVENT-017': decorated(
    'no-space',
    3,
    'The cursor after fields without a space after the colon.',
    'fields without a space after the colon',
    'Take what follows the colon, less one space where there is one.',
  ),
  'EVENT-018': decorated(
    'multi-line',
    2,
    'The cursor after an event whose JSON stands on two data lines.',
    'an event with two data lines',
    'Join the data lines of an event with LF before the data are read.',
  ),
  'EVENT-019': decorated(
    'comments',
    2,
    'The cursor after comments between events and within one.',
    'a stream with comments',
    'Drop lines that begin with a colon, wherever they stand.',
  ),
  'EVENT-020': overSessions(
    {
      from: ['unknown-type'],
      observes: 'Whether an event of an unknown type leads to an error.',
      occasion: REPORT,
      mend: 'Ignore types that you do not know.',
    },
    function* (session, evidence) {
      const [first] = session.connections;
      if (first === undefined || !reportsAtAll(evidence, 'event', 'state', 'error')) {
        return;
      }
      const [error] = [
        ...reportsOf(session, 'error'),
        ...reportsOf(session, 'state').filter((report) => textOf(report, 'state') === 'failed'),
      ];
      yield error === undefined
        ? right(placeOf(first))
        : wrong(placeOf(first), 'no error over an event of type x-note', JSON.stringify(error.report).slice(0, 200));
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
      from: ['unknown-alive'],
      observes: 'Whether a connection that brings only events of an unknown type is held for dead.',
      occasion: ANY_CLIENT,
      mend: 'Restart the silence timer with every event, before its type is looked at.',
      timed: true,
    },
    function* (session) {
      const [first] = session.connections;
      if (first === undefined || first.events().length < 3) {
        return;
      }
      const early = first.end.by === 'target' && first.terminal === undefined;
      yield early
        ? wrong(
            placeAt(session, first.end.atMs, first),
            'open while events of an unknown type come',
            'closed as silent',
          )
        : right(placeOf(first));
    },
  ),
  'EVENT-023': decorated(
    'unknown-type',
    3,
    'The cursor after an event of an unknown type that carries an id.',
    'an event of an unknown type',
    'Move the cursor with the id of every event, before its type is looked at.',
  ),
  'EVENT-029': overSessions(
    {
      from: ['nul-id'],
      observes: 'The cursor after an id with NUL.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Ignore an id field whose value contains U+0000.',
    },
    function* (session) {
      for (const connection of session.connections.slice(1, 2)) {
        const cursor = cursorOf(connection);
        const place = placeAt(session, connection.sentAtMs, connection);
        yield cursor === '2' ? right(place) : wrong(place, 'the cursor "2"', describeCursor(cursor));
      }
    },
  ),
  ...size,
  ...broken,
});

export const id = clientRules('ID', {
  'ID-008': {
    from: ['numeric-ids'],
    observes: 'The cursor after events 9 and 10, of which "10" is the lesser as text.',
    occasion: 'Let the client reconnect after a cut.',
    mend: 'Turn ids into numbers before you compare them.',
    *judge(evidence) {
      for (const session of sessionsOf(evidence, ['numeric-ids'])) {
        for (const connection of session.connections.slice(1, 2)) {
          const cursor = cursorOf(connection);
          const place = placeAt(session, connection.sentAtMs, connection);
          yield cursor === '10' ? right(place) : wrong(place, 'the cursor "10"', describeCursor(cursor));
        }
      }
    },
  },
});
