/** Twins that break the requirements of the chapter on deduplication. */
import { Attempts } from '../../client/attempts.js';
import type { FaultyClient } from './faulty-client.js';
import { lineFault, objectIn, sinkFault } from './seams.js';

/** What may be tried once more after a break. */
class AlwaysAgain extends Attempts {
  override mayTryAgainAfter(code: 'gap' | 'protocol'): boolean {
    return code === 'gap' || super.mayTryAgainAfter(code);
  }
}

class NeverAgain extends Attempts {
  override mayTryAgainAfter(code: 'gap' | 'protocol'): boolean {
    return code !== 'gap' && super.mayTryAgainAfter(code);
  }
}

/** One more try for the whole stream, whatever comes between. */
class OnceForAll extends Attempts {
  #jumped = false;

  override mayTryAgainAfter(code: 'gap' | 'protocol'): boolean {
    const first = super.mayTryAgainAfter(code) && !(code === 'gap' && this.#jumped);
    this.#jumped ||= code === 'gap';
    return first;
  }
}

export const dedupeTwins: readonly FaultyClient[] = [
  {
    name: 'duplicates-delivered',
    breaks: 'DEDUPE-001',
    why: 'delivers what comes again',
    fault() {
      let highest = 0;
      return sinkFault((sink, _, print) => ({
        message(type, data, id) {
          if (id !== undefined && Number(id) <= highest) {
            print({ type: 'event', event: type, id, data: objectIn(data) ?? data });
          }
          highest = Math.max(highest, Number(id ?? 0));
          return sink.message(type, data, id);
        },
      }));
    },
  },
  {
    name: 'sticky-ids',
    breaks: 'DEDUPE-002',
    alsoBreaks: ['END-013', 'STATE-008'],
    why: 'takes the id before for the id of an event without one, and drops it',
    fault() {
      let last = '';
      return sinkFault((sink) => ({
        message(type, data, id) {
          last = id ?? last;
          // As a sign of life alone.
          return id === undefined && last !== '' && type !== 'complete'
            ? sink.message('x-dropped', data, undefined)
            : sink.message(type, data, id);
        },
      }));
    },
  },
  {
    name: 'jumps-ignored',
    breaks: 'DEDUPE-004',
    why: 'goes on past a missing event',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (id !== undefined && /^[0-9]+$/.test(id)) {
            sink.seen(String(Number(id) - 1));
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'first-id-is-the-start',
    breaks: 'DEDUPE-004',
    alsoBreaks: ['DEDUPE-005'],
    why: 'takes the first id that it sees for the start of the stream',
    fault() {
      let began = false;
      return sinkFault((sink) => ({
        message(type, data, id) {
          if (!began && id !== undefined && Number(id) > 1) {
            sink.seen(String(Number(id) - 1));
          }
          began ||= id !== undefined;
          return sink.message(type, data, id);
        },
      }));
    },
  },
  {
    name: 'end-over-a-jump',
    breaks: 'DEDUPE-004',
    why: 'ends with the terminal event although the event before it is missing',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (type === 'complete' && id !== undefined) {
            sink.seen(String(Number(id) - 1));
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'loses-an-event',
    breaks: 'DEDUPE-004',
    why: 'drops the fifth event and goes on after it',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) =>
          id === '5' && type === 'content_chunk' ? sink.message('x-lost', data, id) : sink.message(type, data, id),
      })),
  },
  {
    name: 'one-jump-for-all',
    breaks: 'DEDUPE-005',
    why: 'fails at a second jump although there was progress since the first',
    fault: () => ({ attempts: (options) => new OnceForAll(options) }),
  },
  {
    name: 'jump-fails-at-once',
    breaks: 'DEDUPE-005',
    why: 'fails at the first jump of the ids',
    fault: () => ({ attempts: (options) => new NeverAgain(options) }),
  },
  {
    name: 'jump-tried-again-and-again',
    breaks: 'DEDUPE-006',
    why: 'comes back at every jump of the ids',
    fault: () => ({ attempts: (options) => new AlwaysAgain(options) }),
  },
  {
    name: 'jump-without-a-name',
    breaks: 'DEDUPE-006',
    why: 'fails at the second jump with a code that says nothing of it',
    fault: () =>
      lineFault((line) => [
        line.code === 'gap' && line.type !== 'diagnostic' ? { ...line, code: 'lost', reason: 'lost' } : line,
      ]),
  },
];
