/** Completion scripts, made from what commander knows of the commands: they cannot fall behind it. */
import type { Command, Option } from 'commander';
import type { Shell } from './completion.js';

/** One option as it is typed. */
export interface CompletedOption {
  /** `--level`, and `-t` where there is one. */
  readonly names: readonly string[];
  readonly summary: string;
  /** False for a switch. */
  readonly takesValue: boolean;
  /** The values that there are; none for any text, which is completed as a file. */
  readonly choices: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words that may follow: commands of the command, or the choices of its argument. */
  readonly words: readonly string[];
}

/** Every command must have declared its options. */
export function describeProgram(program: Command): readonly CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: [...command.options.filter(({ hidden }) => !hidden).map(describeOption), help],
    words: [
      ...command.commands.map((one) => one.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
  }));
}

const help: CompletedOption = { names: ['-h', '--help'], summary: 'show this help', takesValue: false, choices: [] };

function describeOption({ short, long, description, required, optional, argChoices }: Option): CompletedOption {
  const names = [short, long].filter((name) => name !== undefined);
  return { names, summary: description, takesValue: required || optional, choices: argChoices ?? [] };
}

/** The names under which the program is installed. */
const programs = ['conformance', 'resilient-sse'];

export function renderCompletion(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.flatMap(({ name, options, words }) => [
    `    ${name})`,
    ...options
      .filter(({ choices }) => choices.length > 0)
      .map(({ names, choices }) => `      case $before in ${names.join('|')}) words='${choices.join(' ')}';; esac`),
    `      options='${options.flatMap(({ names }) => names).join(' ')}'`,
    ...(words.length === 0 ? [] : [`      plain='${words.join(' ')}'`]),
    '      ;;',
  ]);
  return `# bash completion for ${programs.join(' and ')}
_conformance() {
  local now=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  local words='' options='' plain=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help --help --version' -- "$now"))
    return
  fi
  case $command in
${cases.join('\n')}
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$now"))
  elif [[ $now == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$now"))
  elif [[ -n $plain ]]; then
    COMPREPLY=($(compgen -W "$plain" -- "$now"))
  fi
}
complete -o default -F _conformance ${programs.join(' ')}
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const plain = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');
  const cases = commands.flatMap(({ name, options, words }) => [
    `    ${name})`,
    '      _arguments \\',
    ...options.flatMap(({ names, summary, takesValue, choices }) => {
      const values = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
      const value = takesValue ? `:value:${values}` : '';
      return names.map((one) => `        ${quote(`*${one}[${plain(summary)}]${value}`)} \\`);
    }),
    `        ${quote(`*:argument:${words.length > 0 ? `(${words.join(' ')})` : '_files'}`)}`,
    '      ;;',
  ]);
  return `#compdef ${programs.join(' ')}
_conformance() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${plain(summary)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _conformance ]]; then
  _conformance "$@"
else
  compdef _conformance ${programs.join(' ')}
fi
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap(({ name, summary, options, words }) => [
    `-n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ...options.map((option) => {
      const switches = option.names.map((one) => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`));
      const values = option.choices.length > 0 ? ` -x -a ${quote(option.choices.join(' '))}` : ' -r';
      const value = option.takesValue ? values : '';
      return `-n '__fish_seen_subcommand_from ${name}' ${switches.join(' ')}${value} -d ${quote(option.summary)}`;
    }),
    ...(words.length === 0
      ? []
      : [
          `-n '__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${words.join(' ')}' -f -a ${quote(words.join(' '))}`,
        ]),
  ]);
  const head = `# fish completion for ${programs.join(' and ')}: ${names}`;
  return `${[head, ...programs.flatMap((program) => lines.map((line) => `complete -c ${program} ${line}`))].join('\n')}\n`;
}
