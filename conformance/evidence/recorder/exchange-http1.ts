/** One HTTP/1 exchange over node:http or node:https. Never throws for what a target does. */
import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Header } from '../types.js';
import { BodyFlow } from './body-flow.js';
import { hostOf, portOf, proxyAuthorization } from './connect.js';
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
  /** Asked for a URL of `http:` instead of its host. */
  readonly proxy?: URL;
  /** Stands for every host. */
  readonly socketPath?: string;
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
  #body: BodyFlow | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #interim = 0;
  #retried = false;
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
        ...routeOf(url, this.#sockets),
        method,
        agent: this.#own ?? this.#sockets.shared,
        maxHeaderSize: this.#limits.headBytes,
        setHost: this.#sockets.proxy === undefined && !headers.some(([name]) => name.toLowerCase() === 'host'),
      };
      sent = url.protocol === 'https:' ? https.request(options) : http.request(options);
      this.#listen(sent);
      const authorization = this.#sockets.proxy === undefined ? undefined : proxyAuthorization(this.#sockets.proxy);
      if (authorization !== undefined) {
        sent.setHeader('Proxy-Authorization', authorization);
      }
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
    this.#body?.resume();
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
        this.#body?.end({ by: 'target', kind: 'truncated', detail: 'closed before the body was complete' });
      }
    });
    response.on('end', () => this.#body?.end({ by: 'target', kind: 'eof' }));
    this.#sink.onHead({
      status: response.statusCode ?? 0,
      httpVersion: response.httpVersion,
      headers: pairsOf(response.rawHeaders),
    });
    // Whoever hears of the head may have ended it.
    if (this.#ended()) {
      return;
    }
    this.#body = new BodyFlow({
      source: response,
      coding: response.headers['content-encoding'],
      pauseAfterBytes: this.#request.pauseAfterBytes,
      onBytes: (bytes) => this.#sink.onBytes(bytes),
      onEnd: (ending) => this.#finish(ending),
    });
  }

  #ended(): boolean {
    return this.#over;
  }

  #fail(sent: http.ClientRequest, error: unknown): void {
    if (this.#over || this.#sent !== sent) {
      return;
    }
    const ending = endingOfError(error);
    const dead = ending.kind === 'reset' || ending.kind === 'truncated';
    if (this.#response !== undefined) {
      this.#body?.end(ending);
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
    this.#body?.destroy();
    if (!(ending.kind === 'eof' && this.#response?.complete === true)) {
      this.#sent?.destroy();
    }
    this.#own?.destroy();
    this.#sink.onEnd(ending);
  }
}

function routeOf(url: URL, { proxy, socketPath }: Sockets): https.RequestOptions {
  const direct = urlToHttpOptions(url);
  if (proxy !== undefined) {
    const { auth } = direct;
    const asked = new URL(url);
    asked.username = '';
    asked.password = '';
    return {
      host: hostOf(proxy),
      port: portOf(proxy),
      path: asked.href,
      headers: { Host: url.host },
      setHost: false,
      ...(auth === undefined ? {} : { auth }),
    };
  }
  return socketPath === undefined ? direct : { ...direct, socketPath };
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
