import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.js';
import { reportWith } from './testing/fixture.js';
import { context, hostileReport } from './testing/hostile.js';

const markdown = renderMarkdown(hostileReport, context);
const html = new MarkdownIt({ html: true, linkify: true }).render(markdown);

describe('the job summary', () => {
  it('lets nothing of a target become markup', () => {
    expect(markdown).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u);
    expect(html).not.toMatch(/<script|<a |<strong>b</);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const tag of ['details', 'pre', 'blockquote', 'table', 'ul']) {
      expect(html.split(`<${tag}`).length, tag).toBe(html.split(`</${tag}>`).length);
    }
  });

  it('shows grade, levels, failures with evidence, and a hint once', () => {
    expect(html).toContain('grade C</h2>');
    expect(html.match(/<strong>not met<\/strong>|>met</g)).toHaveLength(4);
    expect(html).toContain('<summary><b>HEARTBEAT-001</b> First heartbeat in time');
    expect(html).toContain('where     read-through/first');
    expect(html).toContain('before <code>anything</code> else');
    expect(html).toContain('<em>END-005, END-006 (accepted)</em>');
    expect(markdown.split('occasion error').length).toBe(2);
  });

  it('stays below what a CI server takes, and names what it leaves out', () => {
    const excerpt = 'x'.repeat(20_000);
    const piece = { scenario: 'cap', expected: 'a', actual: 'b', excerpt };
    const rows = reportWith({}).requirements.map(({ id }) => [id, { verdict: 'fail' as const, evidence: [piece] }]);
    const text = renderMarkdown(reportWith(Object.fromEntries(rows)), context);
    expect(text.length).toBeLessThan(300_000);
    expect(text).toMatch(/\d+ more, too long for a summary: .*OPS-/);
  });
});
