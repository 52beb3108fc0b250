/** The report as JSON: the `kit/report` document itself, indented for diffs. */
import type { Renderer } from './renderer.js';

export const renderJson: Renderer = (report) => `${JSON.stringify(report, null, 2)}\n`;
