import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FleetIndex, FleetTarget } from '../../schemas/1.0/types/fleet-index.js';
import { renderFleetHtml } from './fleet-html.js';
import { fleetStyleDigest, fleetStyleSheet } from './fleet-style.js';
import { renderFleetEnd, renderFleetTarget } from './fleet-text.js';
import { conclusionOfFleet } from './fleet-words.js';
import { context } from './testing/hostile.js';

const hostile = '\u001b]0;owned\u0007<script>alert(1)</script>';
const targets: readonly FleetTarget[] = [
  {
    name: 'search',
    target: 'https://search.example/stream',
    exitCode: 0,
    grade: 'A+',
    level: 'Resume',
    pass: 116,
    failed: [],
    unobserved: [],
    durationMs: 4890,
    report: 'search.json',
  },
  {
    name: 'chat',
    target: `https://chat.example/${hostile}`,
    exitCode: 1,
    grade: 'F',
    level: 'Resume',
    pass: 40,
    failed: Array.from({ length: 9 }, (_, index) => `HTTP-00${index}`),
    unobserved: [],
    durationMs: 61_000,
    report: 'chat.json',
    worker: hostile,
  },
  { name: 'files', target: 'https://files.example/', exitCode: 4, problem: `expected a server, got: ${hostile}` },
];
const index: FleetIndex = {
  schema: 'resilient-sse/fleet-index/1',
  kit: '0.1.0',
  spec: '1.0',
  startedAt: '2026-11-21T14:00:00.000Z',
  durationMs: 65_000,
  exitCode: 4,
  targets: [...targets],
};
const html = renderFleetHtml(index, (name) => `${name}.html`);

describe('the index of a fleet', () => {
  it('says how many conform, and what became of the others', () => {
    expect(conclusionOfFleet(index)).toBe('3 servers: 1 conforms, 1 does not, 1 is unreachable.');
  });

  it('allows its own style sheet and nothing else', () => {
    const digest = createHash('sha256').update(fleetStyleSheet).digest('base64');
    expect(fleetStyleDigest, 'the style sheet changed: put its digest into fleet-style.ts').toBe(digest);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style="|url\(|@import/i);
  });

  it('lets nothing of a target become markup or steer a terminal', () => {
    const names = targets.map(({ name }) => name);
    const lines = targets.map((target) => renderFleetTarget(target, names, { ...context, colour: false }));
    const text = lines.join('') + renderFleetEnd(index, 'fleet/index.html', { ...context, colour: false });
    expect(text + html).not.toMatch(/[^\P{Cc}\n]/u);
    expect(html).toContain('&lt;script&gt;');
  });

  it('links to the reports there are', () => {
    const links = Array.from(html.matchAll(/href="([^"]*)"/g), ([, href]) => href);
    expect(links).toEqual(['search.html', 'search.json', 'chat.html', 'chat.json']);
  });

  it('is a line a server in the terminal, with the reason where it does not conform', () => {
    const names = targets.map(({ name }) => name);
    const [first = '', second = '', third = ''] = targets.map((target) =>
      renderFleetTarget(target, names, { ...context, columns: 80, colour: false }),
    );
    expect(first).toBe('  A+  search  conforms            4.9 s\n');
    expect(second).toContain('F   chat    does not conform   61.0 s');
    expect(second).toContain(
      '      failed: HTTP-000, HTTP-001, HTTP-002, HTTP-003, HTTP-004, HTTP-005 and 3\n      more\n',
    );
    expect(third).toContain('-   files   unreachable');
    for (const line of `${first}${third}`.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
