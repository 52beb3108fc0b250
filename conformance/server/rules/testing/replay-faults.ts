/** Ways to spoil how a simulated target answers cursors. */
import type { ConnectionLiteral } from '../../../evidence/fixture.js';
import { type Faults, isReplayed } from './faults.js';
import { type Ask, type Conduct, type Serving, type SimEvent, type SimStream, wellFormed } from './simulated-target.js';

type Decided = ReturnType<Conduct['refuse']>;

export const problem = (ask: Ask, status: number): Partial<ConnectionLiteral> => ({
  status,
  headers: [['Content-Type', 'application/problem+json']],
  sse: [[ask.sentAtMs + 12, `{"type":"about:blank","title":"no","status":${status}}`]],
});

/** Answers in another way where a conforming target would refuse in band with this code. */
export function insteadOf(
  code: string,
  answer: (ask: Ask, decided: Decided, stream: SimStream | undefined) => Decided,
): Faults {
  return {
    refuse: (ask, stream, decided) =>
      String(decided?.sse?.[0]?.[1]).includes(code) ? answer(ask, decided, stream) : decided,
  };
}

export const insteadOf204 = (answer: (ask: Ask) => Decided): Faults => ({
  refuse: (ask, _stream, decided) => (decided?.status === 204 ? answer(ask) : decided),
});

export const byHeader = ({ cursorHeader }: Ask): number => wellFormed(cursorHeader ?? '') ?? 0;
export const byQuery = ({ cursorQuery }: Ask): number | undefined =>
  typeof cursorQuery === 'string' ? wellFormed(cursorQuery) : undefined;

export const resumed = (change: (events: readonly SimEvent[], serving: Serving) => readonly SimEvent[]): Faults => ({
  deliver: (events, serving) => (serving.cursor > 0 ? change(events, serving) : events),
});

export const replayed = (events: readonly SimEvent[], serving: Serving) =>
  events.filter((event) => isReplayed(event, serving));
export const firstLive = (events: readonly SimEvent[], serving: Serving): number =>
  events.findIndex((event) => !isReplayed(event, serving));

export const limited = (limit: (replay: readonly SimEvent[]) => readonly SimEvent[]): Faults => ({
  deliver: (events, serving) => {
    const replay = replayed(events, serving);
    return replay.length > 100 ? limit(replay) : events;
  },
});

export const readerNumber = ({ ask }: Serving): number | undefined => {
  const number = /^reader-(\d+)$/.exec(ask.label)?.[1];
  return number === undefined ? undefined : Number(number);
};
