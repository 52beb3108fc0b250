import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { drawSvg } from './ansi-svg.js';

const output = '\x1b[1mGrade A\x1b[22m  \x1b[32m✔ <met> & "so on"\x1b[39m\n  ████ ──\n';
const svg = drawSvg(output, 'A <run>');

it('draws words with their look, at their columns', () => {
  expect(svg).toMatch(/<text class="text bold" x="16" y="30" textLength="[\d.]+">Grade A<\/text>/);
  expect(svg).toContain('>✔ &lt;met&gt; &amp; &quot;so on&quot;</text>');
  expect(svg).toContain('class="green"');
});

it('draws blocks and lines as shapes', () => {
  expect(svg.match(/<rect class="text"/g)).toHaveLength(2);
  expect(svg).not.toMatch(/[█─]/);
});

it('is well-formed XML for a light and a dark page', () => {
  execFileSync('xmllint', ['--noout', '-'], { input: svg });
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).toContain('aria-label="A &lt;run&gt;"');
});
