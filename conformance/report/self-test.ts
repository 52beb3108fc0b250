/** The matrix of the self-test as text: each twin with the requirement it breaks, and what went wrong. */
import { toPrintable } from './printable.js';

/** What of the result of a self-test is shown. */
export interface SelfTestFacts {
  readonly twins: readonly {
    readonly name: string;
    readonly breaks: string;
    readonly caught: boolean;
    readonly failed: readonly string[];
  }[];
  readonly missed: readonly { readonly name: string; readonly breaks: string; readonly reason: string }[];
  readonly wronglyAccused: readonly { readonly name: string; readonly requirement: string }[];
  readonly vacuous: readonly { readonly name: string; readonly requirement: string }[];
  readonly repeated: readonly string[];
  readonly kitErrors: readonly { readonly name: string; readonly requirement: string; readonly reason: string }[];
  readonly reference?: { readonly grade: string };
  readonly durationMs: number;
}

/** Text of at most that many columns, but for names that are longer. */
export function selfTestText(facts: SelfTestFacts, columns: number): string {
  const lines = [...matrix(facts, columns), '', ...troubles(facts), ...summary(facts)];
  return `${lines.join('\n')}\n`;
}

function matrix(facts: SelfTestFacts, columns: number): readonly string[] {
  const width = Math.max(20, columns - 40);
  return facts.twins.map(({ name, breaks, caught, failed }) => {
    const others = failed.filter((id) => id !== breaks);
    const also = others.length === 0 ? '' : `, and ${others.join(', ')}`;
    return `  ${caught ? '✔' : '✘'} ${breaks.padEnd(14)} ${toPrintable(name).slice(0, width)}${also}`;
  });
}

function troubles(facts: SelfTestFacts): readonly string[] {
  return [
    ...facts.missed.map(({ name, breaks, reason }) => `  missed: ${name} breaks ${breaks}: ${toPrintable(reason)}`),
    ...facts.wronglyAccused.map(({ name, requirement }) => `  wrongly accused: ${name} of ${requirement}`),
    ...facts.vacuous.map(({ name, requirement }) => `  vacuous: ${name} passes ${requirement}`),
    ...facts.kitErrors.map(
      ({ name, requirement, reason }) => `  kit error: ${name} at ${requirement}: ${toPrintable(reason)}`,
    ),
  ];
}

function summary(facts: SelfTestFacts): readonly string[] {
  const { twins, missed, wronglyAccused, vacuous, repeated, reference, durationMs } = facts;
  const caught = twins.filter((twin) => twin.caught).length;
  return [
    `  ${caught} of ${twins.length} twins caught in ${(durationMs / 1000).toFixed(1)} s`,
    `  missed ${missed.length}, wrongly accused ${wronglyAccused.length}, vacuous ${vacuous.length}, graded twice ${repeated.length}`,
    ...(reference === undefined ? [] : [`  the reference: grade ${reference.grade}`]),
  ];
}
