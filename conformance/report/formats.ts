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
  junit: {
    summary: 'for CI servers, one test case a requirement',
    forTerminal: false,
    load: async () => (await import('./junit.js')).renderJunit,
  },
  github: {
    summary: 'annotations on a run of GitHub Actions',
    forTerminal: false,
    load: async () => (await import('./github.js')).renderGithub,
  },
  markdown: {
    summary: 'for the summary of a CI job',
    forTerminal: false,
    load: async () => (await import('./markdown.js')).renderMarkdown,
  },
  html: {
    summary: 'for people, one file with filters and evidence',
    forTerminal: false,
    load: async () => (await import('./html.js')).renderHtml,
  },
  badge: {
    summary: 'the grade as an SVG picture',
    forTerminal: false,
    load: async () => (await import('./badge.js')).renderBadge,
  },
  shields: {
    summary: 'the grade as JSON for a shields endpoint',
    forTerminal: false,
    load: async () => (await import('./badge.js')).renderShields,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

export const formatNames: readonly FormatName[] = [
  'terminal',
  'json',
  'junit',
  'github',
  'markdown',
  'html',
  'badge',
  'shields',
];

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

export function findFormat(name: FormatName): Format {
  return formats[name];
}
