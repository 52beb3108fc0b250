import { describe, expect, it } from 'vitest';
import { type LintOptions, lintSpec } from './lint.js';
import { parseChapter } from './parse-chapter.js';

const one = '### ID-001 One\n\n> The server MUST send 1.\n';
const two = '### ID-002 Two\n\n> The client SHOULD take 2.\n';

function lint(chapters: Readonly<Record<string, string>>, options?: LintOptions): string[] {
  const parsed = Object.entries(chapters).map(([file, text]) => parseChapter(file, text));
  return lintSpec(parsed, options).map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

const frozen = parseChapter('a.md', one + two).requirements;

it('finds nothing in a good chapter', () => {
  const text = `# Ids\n\n${one}\nWhy: see [two](#id-002-two), [two](#ID-002), ID-002 and [b](b.md).\n\n${two}`;
  expect(
    lint({ 'a.md': text, 'b.md': '# B\n' }, { frozen, exists: () => false, ruled: new Set(['ID-001', 'ID-002']) }),
  ).toEqual([]);
});

describe('key words in capitals', () => {
  it.each([
    'A server MUST not.',
    '- You MAY go.',
    '| a |\n| - |\n| SHOULD |',
    '## What is REQUIRED',
    '> A quote MUST not.',
  ])('are found outside of sentences: %s', (text) => {
    expect(lint({ 'a.md': `${one}\n## More\n\n${text}\n` })).toEqual([expect.stringContaining('stray-key-word')]);
  });

  it('are found at their line, in the reasons of a requirement too', () => {
    expect(lint({ 'a.md': `${one}\nWhy: because\nit MUST.\n` })).toEqual(['a.md:6 stray-key-word']);
  });

  it('are found where a sentence is repeated', () => {
    expect(lint({ 'a.md': `${one}\nThe server MUST send 1.\n` })).toEqual(['a.md:5 stray-key-word']);
  });

  it('may stand in code spans, fenced blocks and the text of BCP 14', () => {
    const text =
      'A `MUST` is strong.\n\n```\nMUST\n```\n\nThe key words "MUST", "MAY" are as in BCP 14 when in capitals.\n';
    expect(lint({ 'a.md': text })).toEqual([]);
  });
});

describe('ids', () => {
  it('are unique over all chapters', () => {
    expect(lint({ 'a.md': one, 'b.md': one })).toEqual(['b.md:1 unique-id', 'b.md:1 one-area']);
  });

  it('ascend within a chapter', () => {
    expect(lint({ 'a.md': two + one })).toEqual(['a.md:4 ascending-ids']);
  });

  it('are known where they are named, in code and info strings too', () => {
    const text = `${one}\nSee ID-007, \`HTPP-001\` and SHA-256.\n\n\`\`\`sse wrong=ID-009\n\`\`\`\n`;
    expect(lint({ 'a.md': text })).toEqual([
      'a.md:5 unknown-reference',
      'a.md:5 unknown-reference',
      'a.md:7 unknown-reference',
    ]);
  });
});

describe('links', () => {
  const exists = (path: string): boolean => path === '../../README.md';

  it.each([
    ['[x](c.md)', 'dead-link'],
    ['![x](c.png)', 'dead-link'],
    ['[x](#nowhere)', 'dead-anchor'],
    ['[x](b.md#nowhere)', 'dead-anchor'],
  ])('%s is dead', (text, rule) => {
    expect(lint({ 'a.md': text, 'b.md': '# B\n' }, { exists })).toEqual([`a.md:1 ${rule}`]);
  });

  it.each([
    '[x](b.md#b)',
    '[x](./b.md#b-1)',
    '[x](../../README.md)',
    '[x](https://example.org/#y)',
    '[x](mailto:a@b.example)',
  ])('%s is alive', (text) => {
    expect(lint({ 'a.md': text, 'b.md': '# B\n\n## B\n' }, { exists })).toEqual([]);
  });
});

describe('frozen requirements', () => {
  it('may be reworded and joined by others', () => {
    expect(
      lint({ 'a.md': `${one.replace('1.', 'one.')}${two}### ID-003 C\n\n> The server MAY go.\n` }, { frozen }),
    ).toEqual([]);
  });

  it.each([
    ['vanish', one, 'a.md:4 frozen-id'],
    ['change their key word', one + two.replace('SHOULD', 'MUST'), 'a.md:4 frozen-key-word'],
    ['change their role', one + two.replace('client', 'server'), 'a.md:4 frozen-role'],
  ])('do not %s unless the change log names them', (_what, text, finding) => {
    expect(lint({ 'a.md': text }, { frozen })).toEqual([finding]);
    expect(lint({ 'a.md': text, '98-changelog.md': 'ID-001 stays.\n' }, { frozen })).toEqual([finding]);
    expect(lint({ 'a.md': text, '98-changelog.md': 'Changed: `ID-002`, because.\n' }, { frozen })).not.toContain(
      finding,
    );
  });

  it('do not change their level', () => {
    const [first] = frozen;
    const before = first === undefined ? [] : [{ ...first, level: 'Live' as const }];
    expect(lint({ 'a.md': one + two }, { frozen: before })).toEqual(['a.md:1 frozen-level']);
  });
});

it('misses a rule where rules are given', () => {
  const text = `${one}\nNot testable: nobody sees it.\n\n${two}`;
  expect(lint({ 'a.md': text }, { ruled: new Set() })).toEqual(['a.md:7 rule-or-reason']);
});

it('reports examples that fail', () => {
  const checkExample = ({ info }: { info: string }) => (info === 'json' ? 'not JSON' : undefined);
  expect(lint({ 'a.md': '```json\n{\n```\n\n```sse\n```\n' }, { checkExample })).toEqual(['a.md:1 example']);
});
