import { expect, test } from 'vitest';
import { readSiteUrl } from './option-readers.js';

test.each([
  ['https://sse.example', 'https://sse.example/'],
  ['http://127.0.0.1:8080/docs?x=1#y', 'http://127.0.0.1:8080/docs/'],
])('a site is a folder: %s', (given, url) => expect(readSiteUrl(given)).toBe(url));

test.each(['sse.example', 'ftp://sse.example/', ''])('no site: %j', (given) =>
  expect(() => readSiteUrl(given)).toThrow('Expected an http or https URL'),
);
