/** A state machine of the spec as its JSON file holds it, and what has to be true of one. */

export interface State {
  readonly name: string;
  readonly final: boolean;
  readonly meaning: string;
}

export interface Transition {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly note: string;
  /** Ids of the requirements behind it. */
  readonly requirements: readonly string[];
}

/** A place in the picture, in columns and rows. */
export type Point = readonly [column: number, row: number];

/** How an edge is drawn, where a straight line will not do. */
export interface EdgeHint {
  readonly via?: readonly Point[];
  readonly label?: Point;
}

export interface Machine {
  readonly name: string;
  readonly title: string;
  readonly role: 'server' | 'client';
  readonly initial: string;
  readonly states: readonly State[];
  readonly transitions: readonly Transition[];
  readonly picture: {
    readonly at: Readonly<Record<string, Point>>;
    /** By `from>to`. */
    readonly edges: Readonly<Record<string, EdgeHint>>;
  };
}

/** Box of the picture that stands for every state that is not final. */
export const anyState = 'any';

/** Reads a machine. Throws an `Error` that names the file and every fault. */
export function parseMachine(file: string, text: string, requirementIds: ReadonlySet<string>): Machine {
  const value: unknown = JSON.parse(text);
  if (!isMachine(value))
    throw new Error(`${file}: expected name, title, role, initial, states, transitions and picture`);
  const faults = faultsOf(value, requirementIds);
  if (faults.length > 0) throw new Error(faults.map((fault) => `${file}: ${fault}`).join('\n'));
  return value;
}

/** What is wrong with a machine: unknown names, two answers to one event, a way out of a final state, no way in. */
export function faultsOf(machine: Machine, requirementIds: ReadonlySet<string>): string[] {
  return [...stateFaults(machine), ...transitionFaults(machine, requirementIds)];
}

function stateFaults(machine: Machine): string[] {
  const names = new Set(machine.states.map((state) => state.name));
  const reached = reachableFrom(machine);
  return [
    ...(names.size === machine.states.length ? [] : ['two states share a name']),
    ...(names.has(machine.initial) ? [] : [`the initial state "${machine.initial}" is none of its states`]),
    ...[...names].filter((name) => !reached.has(name)).map((name) => `nothing leads to "${name}"`),
    ...[...names]
      .filter((name) => machine.picture.at[name] === undefined)
      .map((name) => `"${name}" has no place in the picture`),
  ];
}

function transitionFaults({ states, transitions }: Machine, requirementIds: ReadonlySet<string>): string[] {
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const seen = new Set<string>();
  return transitions.flatMap(({ from, event, to, requirements }) => {
    const twice = seen.has(`${from}\n${event}`);
    seen.add(`${from}\n${event}`);
    return [
      ...[from, to].filter((name) => !stateOf.has(name)).map((name) => `no state "${name}" (${from}, ${event})`),
      ...(stateOf.get(from)?.final === true ? [`"${from}" is final and cannot be left by "${event}"`] : []),
      ...(twice ? [`two transitions from "${from}" by "${event}"`] : []),
      ...requirements.filter((id) => !requirementIds.has(id)).map((id) => `no requirement ${id} (${from}, ${event})`),
    ];
  });
}

function reachableFrom({ initial, transitions }: Machine): Set<string> {
  const reached = new Set([initial]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const { from, to } of transitions) if (reached.has(from)) reached.add(to);
  }
  return reached;
}

function isMachine(value: unknown): value is Machine {
  const keys = ['name', 'title', 'role', 'initial', 'states', 'transitions', 'picture'];
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}
