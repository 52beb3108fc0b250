import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { type FencedBlock, readBlocks } from '../spec/markdown-blocks.js';
import { checkExample } from './check-example.js';

const folders = ['spec/1.0', 'docs/guides'];
const examples = folders.flatMap((folder) =>
  readdirSync(packageFile(folder))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      readBlocks(readFileSync(packageFile(folder, name), 'utf8'))
        .filter((block): block is FencedBlock => block.kind === 'fence' && /^(sse|http|json)\b/.test(block.info))
        .map((block) => ({ place: `${folder}/${name}:${block.line}`, block })),
    ),
);

describe('the examples of the spec and the guides', () => {
  it('are many enough to be worth checking', () => expect(examples.length).toBeGreaterThan(35));

  it.each(examples)('$place', ({ block }) => expect(checkExample(block)).toBeUndefined());
});

describe('checkExample', () => {
  const block = (info: string, text: string): FencedBlock => ({ kind: 'fence', line: 1, info, text });
  const chunk = 'event: content_chunk\nid: 1\ndata: {"content":"a","trace_id":"t"}\n\n';

  it.each([
    ['a heartbeat with an id', block('sse', `${chunk}event: heartbeat\nid: 2\ndata: {"trace_id":"t"}\n\n`)],
    ['a block that breaks nothing and says so', block('sse wrong=ID-005', chunk)],
    ['a missing blank line', block('sse', chunk.trimEnd())],
    ['an answer without its headers', block('http', 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n')],
    ['a start line that is none', block('http', 'GET /stream\nHost: a\n')],
    ['JSON that breaks its schema', block('json schema=wire/complete', '{"reason":"finished"}')],
    ['no JSON', block('json', '{')],
    ['an unknown schema', block('json schema=wire/nothing', '{}')],
  ])('finds %s', (_, example) => expect(checkExample(example)).toBeTypeOf('string'));

  it('leaves other blocks alone', () => expect(checkExample(block('sh', 'ls'))).toBeUndefined());
});
