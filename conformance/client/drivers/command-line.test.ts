import { describe, expect, test } from 'vitest';
import { readCommand } from './command-line.js';

const URL_OF_STREAM = 'http://127.0.0.1:1/whole/stream?a=1&b=2';

test.each([
  ['python3 client.py', 'python3', ['client.py']],
  ['client {url} --to={url}', 'client', [URL_OF_STREAM, `--to=${URL_OF_STREAM}`]],
  [`"/with space/client" 'two words' "a\\"b" c\\ d`, '/with space/client', ['two words', 'a"b', 'c d']],
  ['client ""', 'client', ['']],
  [`client "a;b" '$HOME' `, 'client', ['a;b', '$HOME']],
])('%s needs no shell', (command, file, args) => {
  expect(readCommand(command)(URL_OF_STREAM)).toEqual({ file, args });
});

test.each([
  ['cd client && npm start -- {url}', `cd client && npm start -- '${URL_OF_STREAM}'`],
  ['A=1 client', 'A=1 client'],
  ["exec client '{url}' > log", `exec client '${URL_OF_STREAM}' > log`],
  ['client "$HOME/{url}"', `client "$HOME/${URL_OF_STREAM}"`],
  ['client < input', 'client < input'],
])('%s goes to a shell, with the URL quoted', (command, line) => {
  expect(readCommand(command)(URL_OF_STREAM)).toEqual({ file: '/bin/sh', args: ['-c', line] });
});

describe('nonsense', () => {
  test.each([
    ['', /got an empty one/],
    ['   ', /got an empty one/],
    ['client "never ends', /expected quotes that end/],
  ])('%j is refused', (command, reason) => {
    expect(() => readCommand(command)).toThrow(reason);
  });
});
