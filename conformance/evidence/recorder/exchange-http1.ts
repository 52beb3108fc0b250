/** One HTTP/1 exchange over node:http or node:https. Never throws for what a target does. */
import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Header } from '../types.js';
import { type ContentDecoder, createDecoder } from './decode.js';
import { endingOfError } from './endings.js';
import type { EndingWithoutTime, Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import type { RecorderLimits } from './limits.js';

/**
 * A request that can be sent again when a kept-alive socket turned out to be dead before anything was answered. The
 * others never share a socket.
 */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Where an exchange gets its socket from. */
export interface Sockets {
  /** Keeps sockets alive for the next exchange. */
  readonly shared: http.Agent;
  /** Makes one that is destroyed with the exchange. */
  own(): http.Agent;
}

export function startHttp1Exchange(
  request: ExchangeRequest,
  sink: ExchangeSink,
  limits: RecorderLimits,
  sockets: Sockets,
): Exchange {
  const exchange = new Http1Exchange(request, sink, limits, sockets);
  exchange.send(!REPEATABLE.has(request.method));
  return exchange;
}

class Http1Exchange implements Exchange {
  readonly #request: ExchangeRequest;
  readonly #sink: ExchangeSink;
  readonly #limits: RecorderLimits;
  readonly #sockets: Sockets;
  #own: http.Agent | undefined;
  #sent: http.ClientRequest | undefined;
  #response: http.IncomingMessage | undefined;
  #decoder: ContentDecoder | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #received = 0;
  #interim = 0;
  #retried = false;
  #paused = false;
  #decoderFull = false;
  #over = false;

  constructor(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits, sockets: Sockets) {
    this.#request = request;
    this.#sink = sink;
    this.#limits = limits;
    this.#sockets = sockets;
  }

  send(onOwnSocket: boolean): void {
    this.#own = onOwnSocket ? this.#sockets.own() : undefined;
    const { method, url, headers, body } = this.#request;
    let sent: http.ClientRequest | undefined;
    try {
      const options: https.RequestOptions = {
        ...urlToHttpOptions(url),
        method,
        agent: this.#own ?? this.#sockets.shared,
        maxHeaderSize: this.#limits.headBytes,
        setHost: !headers.some(([name]) => name.toLowerCase() === 'host'),
      };
      sent = url.protocol === 'https:' ? https.request(options) : http.request(options);
      this.#listen(sent);
      for (const [name, values] of grouped(headers)) {
        sent.setHeader(name, values);
      }
    } catch (error) {
      // The caller's request, not the target's fault; reported as an ending so that a scenario goes on.
      queueMicrotask(() => this.#finish({ by: 'kit', kind: 'closed', detail: messageOf(error) }));
      return;
    }
    this.#headTimer ??= setTimeout(
      () => this.stop('timeout', `no answer within ${this.#limits.headTimeoutMs} ms`),
      this.#limits.headTimeoutMs,
    );
    sent.end(body);
  }

  #listen(sent: http.ClientRequest): void {
    this.#sent = sent;
    sent.on('information', () => this.#countInterim());
    sent.on('upgrade', (_response, socket) => {
      socket.destroy();
      this.#finish({ by: 'target', kind: 'malformed', detail: 'switched protocols without having been asked' });
    });
    sent.on('response', (response) => this.#receive(response));
    sent.on('error', (error) => this.#fail(sent, error));
    sent.on('close', () => this.#abandoned(sent));
  }

  stop(kind: EndingWithoutTime['kind'], detail?: string): void {
    this.#finish({ by: 'kit', kind, ...(detail === undefined ? {} : { detail }) });
  }

  resume(): void {
    this.#paused = false;
    this.#flow();
  }

  #countInterim(): void {
    this.#interim += 1;
    if (this.#interim > this.#limits.interimAnswers) {
      this.stop('limit', `more than ${this.#limits.interimAnswers} interim answers (1xx)`);
    }
  }

  #receive(response: http.IncomingMessage): void {
    if (this.#over) {
      return;
    }
    clearTimeout(this.#headTimer);
    this.#response = response;
    response.on('error', () => undefined);
    response.on('close', () => {
      if (!response.complete) {
        this.#endAfterDecoder({ by: 'target', kind: 'truncated', detail: 'closed before the body was complete' });
      }
    });
    response.on('end', () => this.#endAfterDecoder({ by: 'target', kind: 'eof' }));
    this.#sink.onHead({
      status: response.statusCode ?? 0,
      httpVersion: response.httpVersion,
      headers: pairsOf(response.rawHeaders),
    });
    const decoder = createDecoder(response.headers['content-encoding'], {
      onBytes: (bytes) => this.#deliver(bytes),
      onDrain: () => {
        this.#decoderFull = false;
        this.#flow();
      },
      onEnd: () => this.#finish(this.#ending ?? { by: 'target', kind: 'eof' }),
      onGarbage: (detail) => this.#finish({ by: 'target', kind: 'malformed', detail: `content coding: ${detail}` }),
    });
    if (decoder === undefined) {
      const coding = String(response.headers['content-encoding']).slice(0, 100);
      this.#finish({ by: 'target', kind: 'malformed', detail: `content coding that was not asked for: ${coding}` });
      return;
    }
    this.#decoder = decoder === 'identity' ? undefined : decoder;
    response.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  #take(bytes: Buffer): void {
    if (this.#over) {
      return;
    }
    this.#received += bytes.length;
    const { pauseAfterBytes } = this.#request;
    if (pauseAfterBytes !== undefined && this.#received - bytes.length < pauseAfterBytes) {
      this.#paused = this.#received >= pauseAfterBytes;
    }
    if (this.#decoder === undefined) {
      this.#deliver(bytes);
    } else {
      this.#decoderFull = !this.#decoder.write(bytes);
    }
    this.#flow();
  }

  #deliver(bytes: Buffer): void {
    if (!this.#over && bytes.length > 0) {
      this.#sink.onBytes(bytes);
    }
  }

  #flow(): void {
    if (this.#paused || this.#decoderFull) {
      this.#response?.pause();
    } else {
      this.#response?.resume();
    }
  }

  /** The ending once the decoder has put out what it holds. */
  #ending: EndingWithoutTime | undefined;

  #endAfterDecoder(ending: EndingWithoutTime): void {
    if (this.#over || this.#ending !== undefined) {
      return;
    }
    this.#ending = ending;
    if (this.#decoder === undefined) {
      this.#finish(ending);
    } else {
      this.#decoder.end();
    }
  }

  #fail(sent: http.ClientRequest, error: unknown): void {
    if (this.#over || this.#sent !== sent) {
      return;
    }
    const ending = endingOfError(error);
    const dead = ending.kind === 'reset' || ending.kind === 'truncated';
    if (this.#response !== undefined) {
      this.#endAfterDecoder(ending);
    } else if (dead && sent.reusedSocket && !this.#retried && this.#interim === 0) {
      this.#retried = true;
      this.send(true);
    } else {
      this.#finish(ending);
    }
  }

  #abandoned(sent: http.ClientRequest): void {
    if (this.#sent === sent && this.#response === undefined) {
      this.#finish({ by: 'target', kind: 'truncated', detail: 'closed without an answer' });
    }
  }

  #finish(ending: EndingWithoutTime): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    clearTimeout(this.#headTimer);
    this.#decoder?.destroy();
    if (!(ending.kind === 'eof' && this.#response?.complete === true)) {
      this.#sent?.destroy();
    }
    this.#own?.destroy();
    this.#sink.onEnd(ending);
  }
}

function grouped(headers: readonly Header[]): Map<string, string | string[]> {
  const values = new Map<string, { name: string; all: string[] }>();
  for (const [name, value] of headers) {
    const known = values.get(name.toLowerCase());
    if (known === undefined) {
      values.set(name.toLowerCase(), { name, all: [value] });
    } else {
      known.all.push(value);
    }
  }
  return new Map([...values.values()].map(({ name, all }) => [name, all.length === 1 ? (all[0] ?? '') : all]));
}

function pairsOf(raw: readonly string[]): Header[] {
  const pairs: Header[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return pairs;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
