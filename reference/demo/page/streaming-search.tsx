/** The page: a question, its answer as it streams, and everything there is to know about the connection. */
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useSSEStream } from '../../react/index.js';
import { Answer } from './answer.js';
import { DebugLog } from './debug-log.js';
import { DebugPanel } from './debug-panel.js';
import { FaultInjector } from './fault-injector.js';
import { FaultPanel, type ServerOccasion } from './fault-panel.js';
import { StatusBar } from './status-bar.js';

const EXAMPLES = ['How do resilient streams work?', 'What happens in a tunnel?', 'When is an answer complete?'];

interface Source {
  readonly title: string;
}

export function StreamingSearch(): ReactNode {
  const [log] = useState(() => new DebugLog());
  const [injector] = useState(
    () =>
      new FaultInjector({
        request: (line) => log.add('request', line),
        fault: (line) => log.add('fault', line),
      }),
  );
  const [query, setQuery] = useState('');
  const [asked, setAsked] = useState('');
  const [sources, setSources] = useState<readonly Source[]>([]);
  const lastUrl = useRef('');
  const input = useRef<HTMLInputElement>(null);

  const stream = useSSEStream({
    fetch: injector.fetch,
    onComplete: (data) => setSources(readSources(data.sources)),
    onEvent: ({ type, id }) => log.addEvent(type, id),
    onState: ({ state, delayMs, code, message }) =>
      log.add(
        'state',
        [state, delayMs === undefined ? '' : `in ${Math.round(delayMs)} ms`, code ?? '', message ?? '']
          .filter((part) => part !== '')
          .join(' · '),
      ),
    onDiagnostic: ({ code, message }) => log.add('note', `${code}: ${message}`),
  });
  const isRunning = stream.isConnecting || stream.isConnected || stream.isReconnecting;

  const open = (url: string): void => {
    log.restart();
    setSources([]);
    lastUrl.current = url;
    stream.start({ url });
  };
  const ask = (question: string, occasion?: ServerOccasion): void => {
    const text = question.trim();
    if (text === '') {
      input.current?.focus();
      return;
    }
    setQuery(text);
    setAsked(text);
    const parameters = new URLSearchParams({ query: text, ...(occasion === undefined ? {} : { occasion }) });
    open(`/stream/search?${parameters}`);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isRunning) {
      stream.stop();
    } else {
      ask(query);
    }
  };

  return (
    <div className="page">
      <header className="masthead">
        <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 17h6l3-9 6 17 3-8h6" />
        </svg>
        <div>
          <h1>StreamingSearch</h1>
          <p>An answer that survives a bad network, and says what is going on.</p>
        </div>
      </header>
      <main className="columns">
        <div className="column">
          {/* biome-ignore lint/a11y/useSemanticElements: a search element is not yet known to every reader */}
          <form className="search card" role="search" onSubmit={submit}>
            <label htmlFor="query" className="visually-hidden">
              Your question
            </label>
            <input
              id="query"
              ref={input}
              type="search"
              value={query}
              maxLength={500}
              placeholder="Ask something"
              autoComplete="off"
              enterKeyHint="search"
              onChange={(event) => setQuery(event.target.value)}
            />
            <button type="submit" className={isRunning ? 'button stop' : 'button primary'}>
              {isRunning ? 'Stop' : 'Ask'}
            </button>
          </form>
          {asked === '' ? (
            <ul className="examples" aria-label="Examples">
              {EXAMPLES.map((example) => (
                <li key={example}>
                  <button type="button" className="chip" onClick={() => ask(example)}>
                    {example}
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
          <StatusBar stream={stream} />
          <Answer stream={stream} question={asked} sources={sources} onRetry={() => open(lastUrl.current)} />
        </div>
        <aside className="column side" aria-label="Tools for developers">
          <FaultPanel
            injector={injector}
            isConnected={stream.isConnected}
            onOccasion={(occasion) => ask(query.trim() === '' ? (EXAMPLES[0] ?? '') : query, occasion)}
          />
          <DebugPanel log={log} />
        </aside>
      </main>
    </div>
  );
}

/** What the server sends is not believed to be a list of titles until it is one. */
function readSources(sources: unknown): readonly Source[] {
  const list: readonly unknown[] = Array.isArray(sources) ? sources : [];
  return list.flatMap((source) =>
    typeof source === 'object' && source !== null && 'title' in source && typeof source.title === 'string'
      ? [{ title: source.title }]
      : [],
  );
}
