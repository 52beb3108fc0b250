/** HTTP-035: how much room for chance there is in the stream ids that a client chooses. */
import type { Evidence } from '../../evidence/types.js';
import { notApplicable, right, type Sighting, wrong } from '../../judge/rule.js';
import { placeAt, sessionsOf } from './session.js';

const MIN_BITS = 122;

/** Size of the alphabet of stream ids (HTTP-023). */
const WHOLE_ALPHABET = 66;

/**
 * So many characters in common at either end of two ids are no chance: of random hexadecimal digits once in a million
 * pairs.
 */
const COMMON = 5;

/** Scenarios that leave the id to the client. */
export const OWN_ID = ['own-stream-id-1', 'own-stream-id-2'];

/** One sighting for each id that was chosen. Entropy does not show in one value: this is what the value has room for. */
export function* judgeStreamIds(evidence: Evidence): Iterable<Sighting> {
  const sessions = sessionsOf(evidence, OWN_ID);
  const chosen = sessions.flatMap((session) => {
    const [first] = session.connections;
    const url = first && new URL(first.request.url, 'http://kit.invalid');
    const id = url?.searchParams.get('stream_id') ?? '';
    return first === undefined || id === '' ? [] : [{ session, first, id }];
  });
  if (sessions.length > 0 && chosen.length === 0) {
    yield notApplicable('The client chose no stream id; it leaves that to the server or to its configuration.');
  }
  for (const [index, { session, first, id }] of chosen.entries()) {
    const other = chosen.find((_, at) => at !== index)?.id;
    const bits = Math.floor(roomOf(other === undefined ? id : differing(id, other)));
    const place = placeAt(session, first.sentAtMs, first);
    if (other === id) {
      yield wrong(place, 'a stream id of its own for each stream', `the id ${id.slice(0, 40)} for two streams`);
    } else {
      yield bits >= MIN_BITS
        ? right(place)
        : wrong(place, `room for at least ${MIN_BITS} random bits`, `"${id.slice(0, 60)}" has room for ${bits}`);
    }
  }
}

/** The part in which two ids differ: a prefix, a time or a name of the machine is the same in both. */
function differing(id: string, other: string): string {
  const from = common([...id], [...other]);
  const to = common([...id].reverse(), [...other].reverse());
  return id.slice(from >= COMMON ? from : 0, id.length - (to >= COMMON ? to : 0));
}

function common(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((character, index) => character !== other[index]);
  return at < 0 ? one.length : at;
}

/** Bits, were each character drawn from the smallest usual alphabet that holds the id. */
function roomOf(id: string): number {
  // The hyphens of a UUID, and the digit of its version, are no chance.
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id)) {
    return MIN_BITS;
  }
  const bare = id.replaceAll('-', '');
  if (/^[0-9]*$/.test(bare)) {
    return bare.length * Math.log2(10);
  }
  if (/^([0-9a-f]+|[0-9A-F]+)$/.test(bare)) {
    return bare.length * Math.log2(16);
  }
  return /^([0-9a-z]+|[0-9A-Z]+)$/.test(bare) ? bare.length * Math.log2(36) : id.length * Math.log2(WHOLE_ALPHABET);
}
