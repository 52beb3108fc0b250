/** Twins for load: each does one thing wrong, once in many thousand events, which no average would show. */
import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';
import { defaultProtocol, type ServerProtocol } from '../../server/index.js';

type Deliver = ServerProtocol['deliver'];
type Event = Parameters<Deliver>[0];
type Delivery = Parameters<Deliver>[1];

export interface LoadTwin {
  /** Kebab case, unique. */
  readonly name: string;
  readonly breaks: RequirementId<'server'>;
  /** What it does, in one line. */
  readonly why: string;
  /** A new one, with a count of its own; `every`: to how many events it does it once. */
  create(every: number): Deliver;
}

/** Says true at every so many chunks that go out for the first time. */
function countTo(every: number): (event: Event, delivery: Delivery) => boolean {
  const newest = new Map<string, number>();
  let count = 0;
  return ({ type, id = 0 }, { record }) => {
    if (type !== 'content_chunk' || id <= (newest.get(record.streamId) ?? 0)) return false;
    newest.set(record.streamId, id);
    count += 1;
    return count % every === 0;
  };
}

const placeOf = ({ id }: Event, { record }: Delivery): string => `${record.streamId}/${id ?? ''}`;
const { deliver } = defaultProtocol;

export const loadTwins: readonly LoadTwin[] = [
  {
    name: 'loses-one',
    breaks: 'REPLAY-006',
    why: 'loses one event for good',
    create: (every) => {
      const isDue = countTo(every);
      const lost = new Set<string>();
      return (event, delivery) => {
        if (isDue(event, delivery)) lost.add(placeOf(event, delivery));
        return lost.has(placeOf(event, delivery)) ? [] : deliver(event, delivery);
      };
    },
  },
  {
    name: 'leaves-one-out',
    breaks: 'ID-003',
    why: 'leaves one event out, that a replay brings',
    create: (every) => {
      const isDue = countTo(every);
      return (event, delivery) => (isDue(event, delivery) ? [] : deliver(event, delivery));
    },
  },
  {
    name: 'doubles-one',
    breaks: 'REPLAY-007',
    why: 'sends one event twice',
    create: (every) => {
      const isDue = countTo(every);
      return (event, delivery) => {
        const once = deliver(event, delivery);
        return isDue(event, delivery) ? [...once, ...once] : once;
      };
    },
  },
  {
    name: 'swaps-two',
    breaks: 'ID-002',
    why: 'sends two events the wrong way round',
    create: (every) => {
      const isDue = countTo(every);
      const held = new Map<number, readonly Event[]>();
      return (event, delivery) => {
        const own = deliver(event, delivery);
        const before = held.get(delivery.connection);
        if (before !== undefined) {
          held.delete(delivery.connection);
          return [...own, ...before];
        }
        if (!isDue(event, delivery)) return own;
        held.set(delivery.connection, own);
        return [];
      };
    },
  },
  {
    name: 'mixes-two-streams-up',
    breaks: 'TRACE-004',
    why: 'gives one event the data of another stream',
    create: (every) => {
      const isDue = countTo(every);
      let [before, last] = [
        { streamId: '', data: '' },
        { streamId: '', data: '' },
      ];
      return (event, delivery) => {
        const { streamId } = delivery.record;
        if (event.type !== 'content_chunk') return deliver(event, delivery);
        if (last.streamId !== streamId) before = last;
        last = { streamId, data: event.data };
        return deliver(isDue(event, delivery) ? { ...event, data: before.data } : event, delivery);
      };
    },
  },
];
