/** What the readers of a soak have seen. */
export type Tally = Record<
  /** Streams that are over; those with every event once and `complete` at the end. */
  | 'ended'
  | 'whole'
  /** Events with an id. */
  | 'events'
  | 'lost'
  | 'doubled'
  /** Streams that ended in `error`, connections after the first of a stream, and streams that never came to an end. */
  | 'errors'
  | 'resumed'
  | 'failed',
  number
>;

/** Share of the streams that are over which were whole, percent. */
export function availability({ ended, whole }: Tally): number {
  return ended === 0 ? 0 : (100 * whole) / ended;
}

/** Checks what the other process sent. */
export function readTally(message: unknown): { readonly tally: Tally; readonly over: boolean } {
  const value = (name: string): number => {
    const found: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
    if (typeof found !== 'number') throw new TypeError(`the readers sent no ${name}`);
    return found;
  };
  const tally = {
    ended: value('ended'),
    whole: value('whole'),
    events: value('events'),
    lost: value('lost'),
    doubled: value('doubled'),
    errors: value('errors'),
    resumed: value('resumed'),
    failed: value('failed'),
  };
  return { tally, over: typeof message === 'object' && message !== null && 'over' in message };
}
