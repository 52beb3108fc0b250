import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintSpec } from './lint.js';
import { parseChapter } from './parse-chapter.js';

const chapter = (...lines: readonly string[]) => parseChapter('40-ids.md', lines.join('\n'));
const sentence = '> The server MUST write every id as `[0-9]+`.';
const rulesOf = (...lines: readonly string[]) => chapter(...lines).findings.map(({ rule, line }) => `${rule}:${line}`);

describe('a requirement', () => {
  it('is read with its place and its fields', () => {
    const { title, requirements, findings } = chapter(
      '# Ids',
      '',
      '### ID-001 Syntax of `id`',
      '',
      '> The server MUST NOT write an id',
      '> with a sign.',
      '',
      'Some prose.',
      '',
      'Why: readers compare',
      'them as numbers.',
      'Since: 1.0',
      '',
      'Not testable: the wire does not show it.',
      '',
      '#### An example',
      '',
      '```sse wrong=ID-001',
      'id: +1',
      '```',
      '',
      '## Next',
      '',
      'Retired: not a field of ID-001.',
    );
    expect(findings).toEqual([]);
    expect(title).toBe('Ids');
    expect(requirements).toEqual([
      {
        id: 'ID-001',
        title: 'Syntax of `id`',
        role: 'server',
        keyword: 'MUST NOT',
        level: 'Resume',
        sentence: 'The server MUST NOT write an id with a sign.',
        chapter: '40-ids.md',
        line: 3,
        why: 'readers compare them as numbers.',
        since: '1.0',
        notTestable: 'the wire does not show it.',
      },
    ]);
  });

  it.each(['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'])('has the key word %s', (keyword) => {
    const { requirements } = chapter('### ID-001 Title', '', `> The client ${keyword} go.`);
    expect(requirements.map((each) => [each.keyword, each.role])).toEqual([[keyword, 'client']]);
  });

  it('takes its level from its area', () => {
    const { requirements } = chapter('### HTTP-001 A', '', sentence, '', '### OPS-001 B', '', sentence);
    expect(requirements.map((each) => each.level)).toEqual(['Core', 'Operations']);
  });
});

describe('what is no requirement', () => {
  it.each([
    ['two key words', '> The server MUST go and MAY stay.', 'one-key-word:3'],
    ['no key word', '> The server must go.', 'one-key-word:3'],
    ['a key word of BCP 14 that is not used here', '> The server SHALL go.', 'one-key-word:3'],
    ['a key word in a code span only', '> The server sends `MUST`.', 'one-key-word:3'],
    ['another subject', '> A server MUST go.', 'subject:3'],
    ['no full stop', '> The server MUST go', 'one-sentence:3'],
    ['two sentences', '> The server MUST go. It goes.', 'one-sentence:3'],
    ['no block quote', 'The server goes.', 'one-block-quote:1'],
  ])('is found: %s', (_what, text, finding) => {
    expect(rulesOf('### ID-001 Title', '', text)).toContain(finding);
  });

  it('is found: two block quotes', () => {
    expect(rulesOf('### ID-001 Title', '', sentence, '', 'Between.', '', sentence)).toEqual(['one-block-quote:1']);
  });

  it.each(['## ID-001 Title', '### ID-001', '### ID-1 Title', '### Id-001 Title'])(
    'is found: the heading %s',
    (heading) => {
      expect(rulesOf(heading, '', sentence)).toContain('requirement-heading:1');
    },
  );

  it('is found: an unknown area', () => {
    expect(rulesOf('### IDS-001 Title', '', sentence)).toEqual(['unknown-area:1']);
  });

  it('is found: a field twice', () => {
    expect(rulesOf('### ID-001 Title', '', sentence, '', 'Since: 1.0', '', 'Since: 1.1')).toEqual([
      'duplicate-field:7',
    ]);
  });
});

it('never throws, whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '### ID-001 Title\n',
      '> The server MUST go.\n',
      '\n',
      '```sse\n',
      '[a](#%E0%A4%A)',
      'Why: ',
      '# ',
      '`',
      '> > ',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      lintSpec([parseChapter('10.md', pieces.join('')), parseChapter('20.md', pieces.toReversed().join(''))]);
    }),
  );
});
