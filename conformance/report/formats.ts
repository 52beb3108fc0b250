/** The report formats by name; each is loaded when it is asked for, so that the others cost nothing. */
import type { Renderer } from './renderer.js';

export interface Format {
  /** One clause for the help text. */
  readonly summary: string;
  /** For people: it may take colour and width from the terminal it is written to. */
  readonly forTerminal: boolean;
  load(): Promise<Renderer>;
}

const formats = {
  terminal: {
    summary: 'for people, at 80 columns or more',
    forTerminal: true,
    load: async () => (await import('./terminal.js')).renderTerminal,
  },
  json: {
    summary: 'for programs, schema kit/report',
    forTerminal: false,
    load: async () => (await import('./json.js')).renderJson,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

export const formatNames: readonly FormatName[] = ['terminal', 'json'];

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

export function findFormat(name: FormatName): Format {
  return formats[name];
}
