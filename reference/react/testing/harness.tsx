/** A component around the hook, for a page that a test drives through `window.harness`. */
import { StrictMode, version } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { indicatorOf, messageOf, type UseSSEStream, type UseSSEStreamOptions, useSSEStream } from '../index.js';

interface Harness {
  readonly version: string;
  /** What the callbacks were called with, as text. */
  readonly heard: string[];
  /** What was rendered, one line for each rendering. */
  readonly rendered: string[];
  /** The hook's newest result. */
  stream: UseSSEStream | undefined;
  render(options: UseSSEStreamOptions, strict?: boolean): void;
  unmount(): void;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const heard: string[] = [];
const rendered: string[] = [];
const root = createRoot(document.body.appendChild(document.createElement('main')));

function Answer({ options }: { readonly options: UseSSEStreamOptions }): React.ReactNode {
  const stream = useSSEStream({
    ...options,
    onContent: (content) => heard.push(`content ${content}`),
    onComplete: (data, { truncated }) => heard.push(`complete ${JSON.stringify(data.sources)} ${truncated}`),
    onError: (error) => heard.push(`error ${error.code}`),
    onHeartbeat: () => heard.push('heartbeat'),
  });
  window.harness.stream = stream;
  rendered.push(`${indicatorOf(stream).label}: ${messageOf(stream)}`);
  return <p>{stream.content}</p>;
}

window.harness = {
  version,
  heard,
  rendered,
  stream: undefined,
  render: (options, strict = false) => {
    const answer = <Answer options={options} />;
    flushSync(() => root.render(strict ? <StrictMode>{answer}</StrictMode> : answer));
  },
  unmount: () => root.unmount(),
};
