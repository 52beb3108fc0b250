/** The rule on clients of the chapter on trace ids. */
import type { ConnectionView } from '../../evidence/types.js';
import { clientRules, notApplicable, right, wrong } from '../../judge/rule.js';
import { placeAt, retriesAtAll, sessionsOf } from './session.js';
import { PLAIN_CUTS } from './shapes.js';

const FROM = ['trace-kept', 'cursor-survives', ...PLAIN_CUTS];

/** The ways in which a request names its trace: `X-Trace-ID`, and the trace-id of `traceparent`. */
const WAYS: readonly ((connection: ConnectionView) => string | undefined)[] = [
  (connection) => connection.requestHeader('x-trace-id'),
  (connection) => connection.requestHeader('traceparent')?.split('-')[1],
];

export const trace = clientRules('TRACE', {
  'TRACE-008': {
    from: FROM,
    observes: 'The trace ids in the requests of one stream.',
    occasion: 'Let the client reconnect after a cut.',
    mend: 'Draw the trace id once per stream, not once per request.',
    *judge(evidence) {
      let seen = false;
      for (const session of sessionsOf(evidence, FROM)) {
        for (const way of WAYS) {
          const [first, ...later] = session.connections.flatMap((connection) => way(connection) ?? []);
          const last = session.connections.at(-1);
          if (first === undefined || later.length === 0 || last === undefined) {
            continue;
          }
          seen = true;
          const other = later.find((id) => id !== first);
          const place = placeAt(session, last.sentAtMs, last);
          yield other === undefined
            ? right(place)
            : wrong(place, `the trace id ${first.slice(0, 60)}`, other.slice(0, 60));
        }
      }
      if (!seen && retriesAtAll(evidence)) {
        yield notApplicable('The client sends no trace id with its requests.');
      }
    },
  },
});
