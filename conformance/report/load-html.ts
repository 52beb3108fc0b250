/** Placeholder */
import type { LoadRenderer } from './load-formats.js';
export const renderLoadHtml: LoadRenderer = (r) => `${r.load.verdict}\n`;
