/** One connection of a load run: sends a request, hands on its answer, and says how it ended. As lean as node allows. */
import net from 'node:net';
import tls from 'node:tls';
import { DelayLine } from './delay-line.js';
import type { Destination } from './destination.js';
import { type AnswerHead, AnswerReader } from './http-answer.js';
import type { Network } from './networks.js';

/** How a connection ended that was not closed by its own side. */
export type Ending = 'whole' | 'closed' | 'reset' | 'refused' | 'no-http' | 'failed';

export interface ConnectionSink {
  onHead(head: AnswerHead): boolean;
  onBody(bytes: Buffer): boolean;
  /** Once, and not after `close`. `reason` is in words, for the account of failures. */
  onOver(ending: Ending, reason: string): void;
}

/** Bytes that arrived, before any delay. */
export type CountBytes = (bytes: number) => void;

export interface ConnectionRequest {
  readonly path: string;
  /** Lines of the request beyond those of the destination, each with its line end. */
  readonly fields: string;
  /** Undefined for one that is as fast as it can. */
  readonly network: Network | undefined;
  readonly random: () => number;
}

/** All sockets read into this one: node calls back before the next read. Not so on Windows. */
const SHARED = process.platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(16 * 1024);

export class Connection {
  readonly #sink: ConnectionSink;
  readonly #count: CountBytes;
  readonly #answer: AnswerReader;
  #socket: net.Socket | undefined;
  readonly #line: DelayLine | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #over = false;
  /** The delay line has as much as it may. */
  #isHeld = false;

  constructor(destination: Destination, request: ConnectionRequest, sink: ConnectionSink, count: CountBytes) {
    this.#sink = sink;
    this.#count = count;
    this.#answer = new AnswerReader({
      onHead: (head) => sink.onHead(head),
      onBody: (bytes) => sink.onBody(bytes),
      onEnd: () => this.#finish('whole', 'the answer ended'),
      onFault: (reason) => this.#finish('no-http', reason),
    });
    if (request.network === undefined) {
      this.#open(destination, request);
      return;
    }
    this.#line = new DelayLine(
      request.network,
      {
        onBytes: (bytes) => this.#read(bytes),
        onEnd: () => this.#ended(),
        pause: () => this.#pause(),
        resume: () => {
          this.#isHeld = false;
          this.#resume();
        },
      },
      request.random,
    );
    this.#timer = setTimeout(() => this.#open(destination, request), this.#line.latencyMs());
  }

  /** Whether bytes have arrived that were not yet handed on. */
  get hasInput(): boolean {
    return this.#line !== undefined && !this.#line.isEmpty;
  }

  /** Drops the connection; the sink hears nothing any more. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#line?.close();
    this.#socket?.destroy();
  }

  #open(destination: Destination, { path, fields }: ConnectionRequest): void {
    const head = `GET ${path} HTTP/1.1\r\n${destination.fields}Accept: text/event-stream\r\nConnection: close\r\n${fields}\r\n`;
    const socket = destination.secure ? this.#openSecure(destination) : this.#openPlain(destination);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.once('end', () => this.#takeEnd());
    socket.once('close', () => this.#takeEnd());
    socket.write(head, 'latin1');
  }

  #openPlain({ address, port }: Destination): net.Socket {
    const buffer = SHARED ?? Buffer.allocUnsafeSlow(16 * 1024);
    return net.connect({
      host: address,
      port,
      onread: {
        buffer,
        callback: (length) => {
          this.#take(buffer.subarray(0, length));
          if (length < buffer.length) return true;
          // There is more: the other sockets and the timers come first, or a flood would starve them for seconds.
          setImmediate(() => this.#resume());
          return false;
        },
      },
    });
  }

  #openSecure({ address, host, port, tls: options }: Destination): net.Socket {
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = tls.connect({ host: address, port, ALPNProtocols: ['http/1.1'], ...servername, ...options });
    return socket.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  #pause(): void {
    this.#isHeld = true;
    this.#socket?.pause();
  }

  #resume(): void {
    if (!this.#over && !this.#isHeld) this.#socket?.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#over) return;
    this.#count(bytes.length);
    if (this.#line === undefined) this.#read(bytes);
    else this.#line.push(bytes, performance.now());
  }

  #read(bytes: Buffer): void {
    if (!this.#over) this.#answer.push(bytes);
  }

  #takeEnd(): void {
    if (this.#over) return;
    if (this.#line === undefined) this.#ended();
    else this.#line.end(performance.now());
  }

  #ended(): void {
    if (this.#over) return;
    if (!this.#answer.end()) this.#finish('closed', 'the connection was closed in the middle of an answer');
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#over) return;
    const code = error.code ?? error.message;
    if (code === 'ECONNREFUSED') this.#finish('refused', 'connection refused');
    else if (code === 'ECONNRESET' || code === 'EPIPE') this.#finish('reset', 'connection reset');
    else this.#finish('failed', REASONS[code] ?? `connection failed (${code.slice(0, 60)})`);
  }

  #finish(ending: Ending, reason: string): void {
    if (this.#over) return;
    this.close();
    this.#sink.onOver(ending, reason);
  }
}

/** Faults of this machine, with what to do about them. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine has no free port left (EADDRNOTAVAIL): use more machines or fewer streams',
  EMFILE: 'this process has no file descriptor left (EMFILE): raise "ulimit -n"',
  ENFILE: 'this machine has no file descriptor left (ENFILE)',
};
