import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderBadge, renderShields } from './badge.js';
import { reportWith } from './testing/fixture.js';
import { context } from './testing/hostile.js';

const grades = ['F', 'C', 'B', 'A', 'A+'] as const;
const selection = { ...reportWith({}).asked, only: ['CAP'] };

describe('the badge', () => {
  it.each(grades)('shows %s as a well-formed picture', (grade) => {
    const svg = renderBadge(reportWith({}, { grade, spec: '1.0<&"' }), context);
    execFileSync('xmllint', ['--noout', '-'], { input: svg, stdio: 'pipe' });
    expect(svg).toContain(`>${grade}</text>`);
    expect(svg).toContain('1.0&lt;&amp;&quot; server');
  });

  it('says where the grade is one of a selection', () => {
    expect(renderBadge(reportWith({}, { grade: 'A', asked: selection }), context)).toContain('>A (selection)</text>');
  });

  it.each(grades)('white on the ground of %s can be read', (grade) => {
    const { color } = JSON.parse(renderShields(reportWith({}, { grade }), context));
    const [red = 0, green = 0, blue = 0] = (String(color).match(/../g) ?? []).map((part) => {
      const share = Number.parseInt(part, 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    expect(1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});

it('the shields endpoint has what its schema asks for', () => {
  expect(JSON.parse(renderShields(reportWith({}, { grade: 'A+', role: 'client' }), context))).toEqual({
    schemaVersion: 1,
    label: 'Resilient SSE 1.0 client',
    message: 'A+',
    color: '1a7f37',
  });
});
