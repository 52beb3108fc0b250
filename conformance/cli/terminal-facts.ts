/** What is known about the terminal behind a stream; the only place that looks at the environment for it. */
import type { WriteStream } from 'node:tty';

export interface TerminalFacts {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where nothing tells the width, as for a file or a pipe. */
const defaultColumns = 100;

export function factsOf(stream: Pick<WriteStream, 'isTTY' | 'columns'>, environment: Environment): TerminalFacts {
  const isTerminal = stream.isTTY === true;
  const dumb = environment.TERM === 'dumb';
  return {
    isTerminal: isTerminal && !dumb,
    columns: (isTerminal ? stream.columns : undefined) || Number(environment.COLUMNS) || defaultColumns,
    colour: wantsColour(isTerminal && !dumb, environment),
    unicode: speaksUnicode(environment),
  };
}

/** https://no-color.org: any value that is not empty; FORCE_COLOR is its opposite and gives way to it. */
function wantsColour(isTerminal: boolean, environment: Environment): boolean {
  if ((environment.NO_COLOR ?? '') !== '') return false;
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal;
}

/** The Linux console has no check marks, and a locale that names another charset means it. */
function speaksUnicode(environment: Environment): boolean {
  if (environment.TERM === 'linux') return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return !/\.(?!utf-?8)/i.test(locale);
}
