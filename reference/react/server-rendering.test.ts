import { createElement, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { indicatorOf, useSSEStream } from './index.js';

function Answer(props: { readonly fetch: typeof fetch }): ReactNode {
  const stream = useSSEStream({ query: 'tides', autoStart: true, fetch: props.fetch });
  return createElement('p', null, indicatorOf(stream).label);
}

it('renders on a server without starting anything', () => {
  let requests = 0;
  const fetch = () => {
    requests += 1;
    return Promise.reject(new Error('not on a server'));
  };
  expect(renderToString(createElement(Answer, { fetch }))).toBe('<p>Disconnected</p>');
  expect(requests).toBe(0);
});
