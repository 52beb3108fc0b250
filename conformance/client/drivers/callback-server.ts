/** Receives what a contract-test service tells of its streams, and puts it in the order of its counters. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { LINE_BYTES, LINES } from './limits.js';

export interface Callback {
  /** What the service appends `/1`, `/2`, … to. */
  readonly url: string;
  /** Hands on what is still waiting for its predecessor. */
  close(): void;
}

/** A message that overtook another waits so long for it. */
const OVERTAKEN_MS = 250;

export class CallbackServer {
  readonly #server: Server;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #port: number;

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    server.on('request', (request, response) => {
      const [, key = '', counter = ''] = /^\/([0-9a-f]+)\/([0-9]{1,9})$/.exec(request.url ?? '') ?? [];
      const inbox = this.#inboxes.get(key);
      void bodyOf(request).then((body) => {
        response.writeHead(inbox === undefined ? 404 : 202).end();
        if (body !== undefined) {
          inbox?.take(Number(counter), body);
        }
      });
    });
  }

  static async listen(): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new CallbackServer(server);
  }

  /** `onReport` gets lines of the schema `kit/client-report`. */
  open(onReport: (value: unknown) => void): Callback {
    const key = randomBytes(8).toString('hex');
    const inbox = new Inbox((message) => {
      const report = reportOf(message);
      if (report !== undefined) {
        onReport(report);
      }
    });
    this.#inboxes.set(key, inbox);
    return {
      url: `http://127.0.0.1:${this.#port}/${key}`,
      close: () => {
        inbox.flush();
        this.#inboxes.delete(key);
      },
    };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Counters begin at 1. */
class Inbox {
  readonly #waiting = new Map<number, string>();
  readonly #onMessage: (body: string) => void;
  #next = 1;
  #timer: NodeJS.Timeout | undefined;

  constructor(onMessage: (body: string) => void) {
    this.#onMessage = onMessage;
  }

  take(counter: number, body: string): void {
    if (counter < this.#next || this.#waiting.size >= LINES) {
      return;
    }
    this.#waiting.set(counter, body);
    this.#deliver();
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) {
      this.#timer = setTimeout(() => this.flush(), OVERTAKEN_MS);
    }
  }

  /** Gives up waiting for what has not come. */
  flush(): void {
    clearTimeout(this.#timer);
    while (this.#waiting.size > 0) {
      this.#next = Math.min(...this.#waiting.keys());
      this.#deliver();
    }
  }

  #deliver(): void {
    for (let body = this.#waiting.get(this.#next); body !== undefined; body = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#next += 1;
      this.#onMessage(body);
    }
  }
}

/** A callback as a line of a report; undefined for a comment, which nobody has to report, and for what is none. */
export function reportOf(body: string): Readonly<Record<string, unknown>> | undefined {
  const message = parsed(body);
  const event = message?.event;
  if (message?.kind === 'event' && isObject(event)) {
    const { type = 'message', id = null, data = '' } = event;
    return { type: 'event', event: type, id, data };
  }
  if (message?.kind === 'error') {
    // The written form of that protocol calls it `comment`, some services call it `error`.
    const text = message.error ?? message.comment;
    return { type: 'error', ...(typeof text === 'string' ? { message: text } : {}) };
  }
  // What that protocol has no words for: states, codes, diagnostics. A service that knows this kit may tell them.
  return message?.kind === 'report' && isObject(message.report) ? message.report : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined where it is too long or broken off. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request) {
      if (Buffer.isBuffer(part) && bytes <= LINE_BYTES) {
        bytes += part.length;
        parts.push(part);
      }
    }
  } catch {
    return undefined;
  }
  return bytes > LINE_BYTES ? undefined : Buffer.concat(parts).toString();
}
