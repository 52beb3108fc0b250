/** The state of the connection: indicator and message, trace id, heartbeat, time left, retries. */
import { type ReactNode, useState } from 'react';
import { indicatorOf, messageOf, type UseSSEStream } from '../../react/index.js';
import { useNow } from './use-now.js';

const COPIED_MS = 2000;

export function StatusBar({ stream }: { readonly stream: UseSSEStream }): ReactNode {
  const { name, label } = indicatorOf(stream);
  const message = messageOf(stream);
  const isRunning = stream.isConnected || stream.isReconnecting;
  const nowMs = useNow(isRunning);
  return (
    <section className={`status card is-${name}`} aria-label="Connection">
      <p className="indicator">
        <span className={`dot ${name}`} aria-hidden="true" />
        <strong>{label}</strong>
        {/* Only this is read out while an answer streams: states, never the words of the answer. */}
        <span className="message" role="status">
          <span className="visually-hidden">{label}. </span>
          {message}
        </span>
      </p>
      <dl className="facts">
        <Fact name="Heartbeat" value={heartbeatText(stream, nowMs, isRunning)} />
        <Fact name="Uptime" value={secondsText(uptime(stream, nowMs, isRunning))} />
        <Fact name="Time left" value={secondsText(remaining(stream, nowMs, isRunning))} />
        <Fact name="Retries" value={retryText(stream, nowMs)} />
        <div className="fact trace">
          <dt>Trace id</dt>
          <dd>{stream.traceId === undefined ? '–' : <TraceId value={stream.traceId} />}</dd>
        </div>
      </dl>
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function TraceId({ value }: { readonly value: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard?.writeText(value).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), COPIED_MS);
      },
      () => setCopied(false),
    );
  };
  return (
    <>
      <code title={value}>{value}</code>
      <button type="button" className="copy" aria-label="Copy the trace id" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </>
  );
}

function heartbeatText(stream: UseSSEStream, nowMs: number, isRunning: boolean): string {
  const count = stream.heartbeat?.heartbeat_count;
  if (typeof count !== 'number' || stream.heartbeatTime === null) {
    return '–';
  }
  const agoSeconds = Math.max(0, Math.floor((nowMs - stream.heartbeatTime) / 1000));
  return isRunning ? `no. ${count}, ${agoSeconds} s ago` : `no. ${count}`;
}

/** Seconds by the last heartbeat, and what has passed since while the stream lives. */
function uptime(stream: UseSSEStream, nowMs: number, isRunning: boolean): number | undefined {
  const seconds = stream.heartbeat?.uptime_seconds;
  return typeof seconds === 'number' ? seconds + sinceHeartbeat(stream, nowMs, isRunning) : undefined;
}

function remaining(stream: UseSSEStream, nowMs: number, isRunning: boolean): number | undefined {
  const seconds = stream.heartbeat?.remaining_seconds;
  if (typeof seconds !== 'number' || !isRunning) {
    return undefined;
  }
  return Math.max(0, seconds - sinceHeartbeat(stream, nowMs, isRunning));
}

function sinceHeartbeat(stream: UseSSEStream, nowMs: number, isRunning: boolean): number {
  return isRunning && stream.heartbeatTime !== null ? Math.max(0, (nowMs - stream.heartbeatTime) / 1000) : 0;
}

function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '–' : `${Math.floor(seconds)} s`;
}

function retryText(stream: UseSSEStream, nowMs: number): string {
  const { reconnectAttempts, maxReconnectAttempts, nextAttemptTime } = stream;
  if (maxReconnectAttempts === 0) {
    return '–';
  }
  const count = `${reconnectAttempts} of ${maxReconnectAttempts}`;
  return nextAttemptTime === null
    ? count
    : `${count}, in ${Math.max(0, (nextAttemptTime - nowMs) / 1000).toFixed(1)} s`;
}
