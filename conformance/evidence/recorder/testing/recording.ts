/** Records one connection to a raw server, for the tests of the recorder. */
import type net from 'node:net';
import { afterEach } from 'vitest';
import type { RecordedConnection } from '../../types.js';
import { Recorder, type RecorderOptions, type Recording } from '../recorder.js';
import { createRedactor } from '../redact.js';
import { HttpTransport } from '../transport.js';
import { type RawServer, SSE_HEAD, startRawServer } from './raw-server.js';

const transport = new HttpTransport();
const servers: RawServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Closed after the test. */
export async function serve(answer: (socket: net.Socket, request: string) => void): Promise<RawServer> {
  const server = await startRawServer(answer);
  servers.push(server);
  return server;
}

export function recorderOf(options: Partial<RecorderOptions> = {}): Recorder {
  return new Recorder({ transport, redactor: createRedactor([]), ...options });
}

export function get(url: URL, more: Partial<Recording> = {}): Recording {
  return { label: 'first', method: 'GET', url, headers: [['Accept', 'text/event-stream']], timeoutMs: 5000, ...more };
}

/** Records one connection to its end. */
export async function record(
  answer: (socket: net.Socket, request: string) => void,
  more: Partial<Recording> = {},
  options: Partial<RecorderOptions> = {},
): Promise<RecordedConnection> {
  const server = await serve(answer);
  const recorder = recorderOf(options);
  await recorder.open(get(server.url, more)).ended;
  await recorder.close();
  const [recorded] = recorder.recorded();
  if (recorded === undefined) {
    throw new Error('nothing recorded');
  }
  return recorded;
}

export function bodyOf(recorded: RecordedConnection): string {
  return Buffer.concat(recorded.chunks.map(({ base64 }) => Buffer.from(base64, 'base64'))).toString();
}

export const CHUNKED = `${SSE_HEAD}Transfer-Encoding: chunked\r\n\r\n`;
