/** Requests, events, states and injected faults with their times, newest first. */
import { type ReactNode, useSyncExternalStore } from 'react';
import type { DebugLog } from './debug-log.js';

export function DebugPanel({ log }: { readonly log: DebugLog }): ReactNode {
  const lines = useSyncExternalStore(log.subscribe, log.getLines);
  return (
    <details className="card debug">
      <summary>
        <h2>What happened</h2>
        <span className="count">{lines.length === 1 ? '1 line' : `${lines.length} lines`}</span>
      </summary>
      {lines.length === 0 ? (
        <p className="hint">Requests, events, states and faults show here, with their times.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll" tabIndex={0} aria-label="Log">
          <table>
            <thead className="visually-hidden">
              <tr>
                <th>Seconds</th>
                <th>Kind</th>
                <th>What</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ key, atMs, kind, text }) => (
                <tr key={key} className={kind}>
                  <td className="time">{(atMs / 1000).toFixed(3)}</td>
                  <td className="kind">{kind}</td>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
