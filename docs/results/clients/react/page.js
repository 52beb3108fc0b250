/** The hook of the reference client in a component, under StrictMode. */
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useSSEStream } from 'resilient-sse/react';

const { conformance } = globalThis;

function Answer() {
  const { content, message } = useSSEStream({
    url: conformance.url,
    autoStart: true,
    onEvent: ({ type, id, data }) => conformance.report({ type: 'event', event: type, id, data }),
    onDiagnostic: ({ code, message }) => conformance.report({ type: 'diagnostic', code, message }),
    onState: ({ state, reason, code, message, attempt, delayMs }) => {
      conformance.report({ type: 'state', state, reason: reason ?? code, attempt, delayMs });
      if (state === 'failed') conformance.report({ type: 'error', code, message });
      if (state === 'failed' || state === 'completed') conformance.done();
    },
  });
  return createElement('p', null, content, message);
}

createRoot(document.body).render(createElement(StrictMode, null, createElement(Answer)));
