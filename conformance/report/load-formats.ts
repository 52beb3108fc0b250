/** The formats of a load report by name; each is loaded when it is asked for. */
import type { LoadReport } from '../../schemas/1.0/types/load-report.js';
import type { Metrics } from '../../schemas/1.0/types/metrics.js';
import type { RenderContext } from './renderer.js';

/** The export shape of the resilience test report, and in its member `load` the whole account. */
export type LoadDocument = Metrics & { readonly load: LoadReport };

/** Ends with a line feed. No I/O, no clock, no environment. */
export type LoadRenderer = (report: LoadDocument, context: RenderContext) => string;

const formats = {
  terminal: { load: async () => (await import('./load-terminal.js')).renderLoadTerminal },
  json: { load: async (): Promise<LoadRenderer> => (report) => `${JSON.stringify(report, null, 2)}\n` },
  html: { load: async () => (await import('./load-html.js')).renderLoadHtml },
  prometheus: { load: async () => (await import('./load-prometheus.js')).renderLoadPrometheus },
} as const satisfies Readonly<Record<string, { load(): Promise<LoadRenderer> }>>;

export type LoadFormatName = keyof typeof formats;

export const loadFormatNames: readonly LoadFormatName[] = ['terminal', 'json', 'html', 'prometheus'];

export function findLoadFormat(name: LoadFormatName): { load(): Promise<LoadRenderer> } {
  return formats[name];
}
