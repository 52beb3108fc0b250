import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { InitFlags } from './init.js';
import { askQuestions } from './init-questions.js';

const flags: InitFlags = { yes: false, force: false, occasion: [] };

/** Answers each question when it is asked; `undefined` ends the input instead. */
async function answering(given: Partial<InitFlags>, ...answers: readonly (string | undefined)[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const left = [...answers];
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (!text.endsWith('): ')) return;
    const answer = left.shift();
    // What is typed is seen on a terminal.
    shown += `${answer}\n`;
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const result = await askQuestions({ ...flags, ...given }, input, output);
  expect(left).toEqual([]);
  return { result, shown };
}

const own = 'https://api.example/stream';

describe('the questions of init', () => {
  it('take the reference where only Enter is pressed', async () => {
    const { result, shown } = await answering({}, '', '', '', '', '', '', '', '', '');
    expect(result).toMatchObject({
      level: 'Resume',
      ci: 'github',
      start: expect.stringContaining('serve --port 8080'),
    });
    expect(result.target).toContain('http://127.0.0.1:8080/');
    expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('are about your server where you name one, and take first letters', async () => {
    const { result } = await answering({}, 's', own, `${own}?slow`, '', '', '', 'npm start', 'x', 'co', 'gitl');
    expect(result).toMatchObject({ target: own, start: 'npm start', level: 'Core', ci: 'gitlab' });
    expect(result).toHaveProperty('occasions', { cap: `${own}?slow` });
  });

  it('leave out what flags say', async () => {
    const { result } = await answering({ client: 'node c.js', level: 'Live' }, 'none');
    expect(result).toMatchObject({ client: 'node c.js', level: 'Live', ci: 'none' });
  });

  it.each<[string, (string | undefined)[], RegExp]>([
    ['an input that ends', ['client', undefined], /nothing was written/],
    ['a URL that is none', ['server', 'localhost'], /--target: expected an http/],
    ['an occasion that is none', ['server', own, 'slow'], /--occasion cap: expected an http/],
  ])('refuse %s in one line', async (_, answers, complaint) => {
    await expect(answering({}, ...answers)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(complaint),
    });
  });
});
