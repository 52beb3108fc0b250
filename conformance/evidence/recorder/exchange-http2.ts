/** One HTTP/2 exchange on a session that it may share. Never throws for what a target does. */
import http2 from 'node:http2';
import type { Header } from '../types.js';
import { BodyFlow } from './body-flow.js';
import { endingOfError } from './endings.js';
import type { EndingWithoutTime, Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import { CONNECTION_STAND_IN } from './http2-connection-field.js';
import type { RecorderLimits } from './limits.js';

/** Gives an exchange its session; called again, once, where the first one was going away. */
export type SessionSource = () => Promise<http2.ClientHttp2Session>;

/** Belongs to a connection of HTTP/1 and is forbidden here (RFC 9113, section 8.2.2). */
const OF_HTTP1 = new Set(['connection', 'host', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

export function startHttp2Exchange(
  request: ExchangeRequest,
  sink: ExchangeSink,
  limits: RecorderLimits,
  source: SessionSource,
): Exchange {
  const exchange = new Http2Exchange(request, sink, limits, source);
  exchange.send();
  return exchange;
}

class Http2Exchange implements Exchange {
  readonly #request: ExchangeRequest;
  readonly #sink: ExchangeSink;
  readonly #limits: RecorderLimits;
  readonly #source: SessionSource;
  #stream: http2.ClientHttp2Stream | undefined;
  #body: BodyFlow | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #interim = 0;
  #retried = false;
  #over = false;

  constructor(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits, source: SessionSource) {
    this.#request = request;
    this.#sink = sink;
    this.#limits = limits;
    this.#source = source;
  }

  send(): void {
    this.#headTimer ??= setTimeout(
      () => this.stop('timeout', `no answer within ${this.#limits.headTimeoutMs} ms`),
      this.#limits.headTimeoutMs,
    );
    this.#source().then(
      (session) => this.#sendOn(session),
      (error) => this.#finish(endingOfError(error)),
    );
  }

  stop(kind: EndingWithoutTime['kind'], detail?: string): void {
    this.#finish({ by: 'kit', kind, ...(detail === undefined ? {} : { detail }) });
  }

  resume(): void {
    this.#body?.resume();
  }

  #sendOn(session: http2.ClientHttp2Session): void {
    if (this.#over) {
      return;
    }
    const { body } = this.#request;
    try {
      const stream = session.request(headersOf(this.#request), { endStream: body === undefined });
      this.#listen(stream);
      if (body !== undefined) {
        stream.end(body);
      }
    } catch (error) {
      if (session.closed || session.destroyed) {
        this.#again({ by: 'target', kind: 'reset', detail: 'the session went away' });
      } else {
        // The caller's request, not the target's fault; reported as an ending so that a scenario goes on.
        this.#finish({ by: 'kit', kind: 'closed', detail: endingOfError(error).detail ?? '' });
      }
    }
  }

  #listen(stream: http2.ClientHttp2Stream): void {
    this.#stream = stream;
    let failure: unknown;
    stream.on('headers', () => {
      this.#interim += 1;
      if (this.#interim > this.#limits.interimAnswers) {
        this.stop('limit', `more than ${this.#limits.interimAnswers} interim answers (1xx)`);
      }
    });
    stream.on('response', (headers) => this.#receive(stream, headers));
    stream.on('error', (error) => {
      failure = error;
    });
    stream.on('end', () => {
      if (stream.rstCode === http2.constants.NGHTTP2_NO_ERROR && !stream.aborted) {
        this.#body?.end({ by: 'target', kind: 'eof' });
      }
    });
    stream.on('close', () => {
      if (this.#stream !== stream) {
        return;
      }
      const ending = endingOfStream(stream, failure);
      if (this.#body !== undefined) {
        this.#body.end(ending);
      } else if (ending.kind === 'reset' || ending.kind === 'truncated') {
        this.#again(ending);
      } else {
        this.#finish(ending);
      }
    });
  }

  /** A target that was going away has not looked at the request; once, so that going away again is an ending. */
  #again(ending: EndingWithoutTime): void {
    const refused = this.#stream === undefined || this.#stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM;
    if (refused && !this.#retried && !this.#over) {
      this.#retried = true;
      this.#stream = undefined;
      this.send();
    } else {
      this.#finish(ending);
    }
  }

  #receive(stream: http2.ClientHttp2Stream, headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader): void {
    if (this.#over) {
      return;
    }
    clearTimeout(this.#headTimer);
    this.#sink.onHead({ status: headers[':status'] ?? 0, httpVersion: '2.0', headers: pairsOf(headers) });
    // Whoever hears of the head may have ended it.
    if (this.#ended()) {
      return;
    }
    this.#body = new BodyFlow({
      source: stream,
      coding: headers['content-encoding'],
      pauseAfterBytes: this.#request.pauseAfterBytes,
      onBytes: (bytes) => this.#sink.onBytes(bytes),
      onEnd: (ending) => this.#finish(ending),
    });
    // Without a body Node's stream ends only when it is read.
    stream.resume();
  }

  #ended(): boolean {
    return this.#over;
  }

  #finish(ending: EndingWithoutTime): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    clearTimeout(this.#headTimer);
    this.#body?.destroy();
    if (this.#stream?.closed === false) {
      this.#stream.close(http2.constants.NGHTTP2_CANCEL);
      this.#stream.resume();
    }
    this.#sink.onEnd(ending);
  }
}

function endingOfStream(stream: http2.ClientHttp2Stream, failure: unknown): EndingWithoutTime {
  const { rstCode } = stream;
  if (failure !== undefined && rstCode === http2.constants.NGHTTP2_PROTOCOL_ERROR) {
    return { by: 'target', kind: 'malformed', detail: 'not what HTTP/2 allows (PROTOCOL_ERROR)' };
  }
  if (rstCode !== undefined && rstCode !== http2.constants.NGHTTP2_NO_ERROR) {
    const cut = rstCode === http2.constants.NGHTTP2_CANCEL && stream.session?.destroyed !== false;
    return cut
      ? { by: 'target', kind: 'truncated', detail: 'the session was closed before the body was complete' }
      : { by: 'target', kind: 'reset', detail: `RST_STREAM with code ${rstCode}` };
  }
  return failure === undefined
    ? { by: 'target', kind: 'truncated', detail: 'closed without an answer' }
    : endingOfError(failure);
}

function headersOf({ method, url, headers }: ExchangeRequest): http2.OutgoingHttpHeaders {
  const all: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host,
    ':path': `${url.pathname}${url.search}`,
  };
  if (url.username !== '' || url.password !== '') {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    all.authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  }
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (!OF_HTTP1.has(key)) {
      const before = Object.hasOwn(all, key) ? all[key] : undefined;
      all[key] = before === undefined ? value : [before, value].flat();
    }
  }
  return all;
}

function pairsOf(headers: http2.IncomingHttpHeaders): Header[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(':') || value === undefined ? [] : [value].flat().map((one): Header => [nameOf(name), one]),
  );
}

function nameOf(name: string): string {
  return name === CONNECTION_STAND_IN ? 'connection' : name;
}
