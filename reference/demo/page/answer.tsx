/** The answer as it streams, and how it ended. */
import type { ReactNode } from 'react';
import { messageOf, type UseSSEStream } from '../../react/index.js';

interface AnswerProps {
  readonly stream: UseSSEStream;
  readonly question: string;
  readonly sources: readonly { readonly title: string }[];
  readonly onRetry: () => void;
}

export function Answer({ stream, question, sources, onRetry }: AnswerProps): ReactNode {
  if (question === '') {
    return <p className="empty card">Ask a question, then pull the plug: the answer goes on where it stopped.</p>;
  }
  const isStreaming = stream.isConnecting || stream.isConnected || stream.isReconnecting;
  return (
    <article className="answer card" aria-busy={isStreaming}>
      <h2>{question}</h2>
      {/* Not live: a screen reader would read every word as it comes. It is there to be read when it is whole. */}
      <div className="text" aria-live="off">
        {stream.content === '' && isStreaming ? <Skeleton /> : <p>{stream.content}</p>}
        {isStreaming && stream.content !== '' ? <span className="caret" aria-hidden="true" /> : null}
      </div>
      {stream.isTruncated ? (
        <p className="notice truncated">
          <strong>Truncated.</strong> {messageOf(stream)}.
        </p>
      ) : null}
      {stream.error === null ? null : <Failure stream={stream} onRetry={onRetry} />}
      {stream.state === 'closed' ? <p className="notice">You stopped this answer.</p> : null}
      {sources.length > 0 ? (
        <footer>
          <h3>Sources</h3>
          <ul>
            {sources.map(({ title }) => (
              <li key={title}>{title}</li>
            ))}
          </ul>
        </footer>
      ) : null}
    </article>
  );
}

function Failure({ stream, onRetry }: { readonly stream: UseSSEStream; readonly onRetry: () => void }): ReactNode {
  return (
    <div className="notice failed" role="alert">
      <p>
        <strong>{messageOf(stream)}</strong>
      </p>
      <p className="detail">
        <code>{stream.error?.code}</code>
        {stream.error?.message === messageOf(stream) ? '' : ` ${stream.error?.message}`}
      </p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function Skeleton(): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}
