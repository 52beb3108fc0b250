/** The demonstration over HTTP/2 or as a WHATWG handler, as a process: `other-transport.ts http2|fetch --fast`. */
import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { announce } from '../../reference/server/demo/announcement.js';
import { readOptions } from '../../reference/server/demo/options.js';
import { createSite } from '../../reference/server/demo/site.js';

const [, , transport, ...args] = process.argv;
const options = readOptions(args, process.env);
const site = await createSite(options, pino(pino.destination(2)));
const app = new Hono().all('/stream/search', ({ req }) => site.handlerOf(req.url).fetch(req.raw));
const server =
  transport === 'http2'
    ? createHttp2Server((request, response) => site.handlerOf(request.url).listener(request, response))
    : createAdaptorServer({ fetch: app.fetch });

server.listen(0, options.host);
await once(server, 'listening');
process.stdout.write(`${JSON.stringify(announce(server.address(), options.host))}\n`);
process.once('SIGTERM', () => {
  server.close();
  // The last words are to be read before the sockets go.
  void site.close().finally(() => setTimeout(() => process.exit(), 500));
});
