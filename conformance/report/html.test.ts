import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRequirements } from '../spec/read-spec.js';
import { areaOf } from './describe.js';
import { renderHtml } from './html.js';
import { filterable, styleDigest, styleSheet } from './html-style.js';
import { context, contextWithEvidence, hostileReport } from './testing/hostile.js';

const html = renderHtml(hostileReport, contextWithEvidence);

describe('the HTML report', () => {
  it('allows its own style sheet and nothing else', () => {
    const digest = createHash('sha256').update(styleSheet).digest('base64');
    expect(styleDigest, 'the style sheet changed: put its digest into html-style.ts').toBe(digest);
    expect(html).toContain(`<style>${styleSheet}</style>`);
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style="|url\(|@import/i);
  });

  it('lets nothing of a target become markup', () => {
    expect(html).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\uffff]/u);
    expect(html).toContain('\\x1b]0;owned\\x07\\x1b[2J\\u{202e}&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html.match(/<details /g)).toHaveLength(hostileReport.requirements.length);
    expect(html.match(/<\/details>/g)).toHaveLength(hostileReport.requirements.length);
  });

  it('links to nothing, or to the sentences of the published spec, and has every id once', () => {
    expect(html).not.toContain('href=');
    expect(html).toContain('<code>spec/1.0/50-heartbeats.md#heartbeat-001</code>');
    const published = renderHtml(hostileReport, { ...context, specSite: 'https://sse.example/standard/' });
    const links = [...published.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(links).toHaveLength(hostileReport.requirements.length);
    for (const href of links)
      expect(href).toMatch(/^https:\/\/sse\.example\/standard\/spec\/1\.0\/[\w-]+\.html#[a-z]+-\d{3}$/);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('opens failures, which come first, with expected, actual, place and bytes', () => {
    const [first = '', second = ''] = html.split('<details ').slice(1);
    expect(first).toMatch(/^class="row" id="HEARTBEAT-001" .* open>/);
    expect(second).toMatch(/^class="row" id="CAP-001" .* open>/);
    expect(first).toMatch(
      /<dt>expected<\/dt><dd>a heartbeat within 1000 ms<\/dd>.*<dt>actual<.*<dt>where<.*<dt>bytes</,
    );
    expect(html.match(/ open>/g)).toHaveLength(2);
  });

  it('draws what the evidence is about, once a scenario, and stays small whatever was sent', () => {
    const [first = ''] = html.split('<details ').slice(1);
    const pictures = first.match(/<figure class="timeline">.*?<\/figure>/gs) ?? [];
    expect(pictures).toHaveLength(1);
    const [picture = ''] = pictures;
    expect(picture).toContain('resumes after 1%3Cscript%3E');
    expect(picture).toContain('6 more connections not drawn');
    expect(picture).toMatch(/<rect class="silent".*?>2\.3 s silent</);
    expect(picture).toMatch(/<path class="cap".*>cap 3 s</);
    for (const kind of ['heartbeat', 'chunk', 'other', 'terminal', 'place', 'cut', 'whole', 'wait'])
      expect(picture).toContain(`<path class="${kind}"`);
    expect(picture).toMatch(/aria-label="Scenario read-through\. .*5000 content chunks.*The finding is at 2\.304 s\."/);
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
    expect(picture.length).toBeLessThan(20_000);
    expect(renderHtml(hostileReport, context)).not.toContain('<figure');
  });

  it('has a filter for every area and level of the spec, and a rule for every filter', () => {
    const spec = readRequirements();
    expect(new Set(filterable.area)).toEqual(new Set(spec.map(areaOf)));
    expect(new Set(filterable.level)).toEqual(new Set(spec.map(({ level }) => level)));
    const offered = [...html.matchAll(/type="radio" name="(\w+)" id="\w+-([\w-]+)"/g)].filter(
      ([, , value]) => value !== 'all',
    );
    expect(offered.length).toBeGreaterThan(15);
    for (const [, kind, value] of offered) {
      expect(styleSheet).toContain(`body:has(#${kind}-${value}:checked) .row:not([data-${kind}=${value}])`);
      expect(html).toContain(`data-${kind}="${value}"`);
    }
  });
});
