import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectOptions, proxyOf } from './connect.js';
import { makeCertificate } from './testing/certificates.js';
import { bodyOf, get, recorderOf } from './testing/recording.js';
import { HttpTransport } from './transport.js';

const certificate = makeCertificate();
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: http.Server | https.Server, at: number | string = 0, host = '127.0.0.1') {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(typeof at === 'string' ? { path: at } : { port: at, host });
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ask(url: string, connect: ConnectOptions) {
  const transport = new HttpTransport(connect);
  closers.push(() => transport.close());
  const recorder = recorderOf({ transport });
  const connection = recorder.open(get(new URL(url)));
  const { kind, detail } = await connection.ended;
  const [recorded] = recorder.recorded();
  return { kind, detail, body: recorded === undefined ? '' : bodyOf(recorded) };
}

const echo: http.RequestListener = (request, response) => {
  response.end(`${request.url} ${request.headers.host}`);
};

describe('TLS', () => {
  it('trusts what it is told to trust', async () => {
    const url = `https://127.0.0.1:${await listen(https.createServer(certificate, echo))}/a`;
    expect(await ask(url, {})).toMatchObject({ kind: 'tls' });
    expect(await ask(url, { ca: certificate.cert })).toMatchObject({ kind: 'eof' });
    expect(await ask(url, { insecure: true })).toMatchObject({ kind: 'eof' });
    expect(await ask(url, { http2: true, insecure: true })).toMatchObject({ kind: 'tls' });
  });

  it('shows the certificate of the kit', async () => {
    const server = https.createServer({ ...certificate, ca: certificate.cert, requestCert: true }, echo);
    const url = `https://127.0.0.1:${await listen(server)}/a`;
    const own = { certificate: certificate.cert, key: certificate.key };
    expect(await ask(url, { ca: certificate.cert, ...own })).toMatchObject({ kind: 'eof' });
    expect((await ask(url, { ca: certificate.cert })).kind).not.toBe('eof');
  });
});

describe('addresses', () => {
  it('stand for hosts, and the host stays in the request and in the certificate', async () => {
    const plain = await listen(http.createServer(echo));
    const secure = await listen(https.createServer(certificate, echo));
    const resolve = [plain, secure].map((port) => ({ host: 'target.test', port, address: '127.0.0.1' }));
    expect(await ask(`http://target.test:${plain}/a`, { resolve })).toMatchObject({ body: `/a target.test:${plain}` });
    expect(await ask(`https://target.test:${secure}/a`, { resolve, ca: certificate.cert })).toMatchObject({
      kind: 'eof',
    });
    expect(await ask(`http://target.test:1/a`, { resolve })).toMatchObject({ kind: 'dns' });
  });

  it('may be IPv6', async () => {
    const port = await listen(http.createServer(echo), 0, '::1');
    expect(await ask(`http://[::1]:${port}/a`, {})).toMatchObject({ body: `/a [::1]:${port}` });
    const resolve = [{ host: 'target.test', port, address: '::1' }];
    expect(await ask(`http://target.test:${port}/a`, { resolve })).toMatchObject({ kind: 'eof' });
  });

  it('may be a unix socket', async () => {
    const socketPath = join(tmpdir(), `kit-${process.pid}.sock`);
    await listen(http.createServer(echo), socketPath);
    expect(await ask('http://target.test/a', { socketPath })).toMatchObject({ body: '/a target.test' });
    expect(await ask('http://target.test/a', { socketPath: '/nowhere/s' })).toMatchObject({ kind: 'refused' });
  });
});

describe('proxies', () => {
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      http.get(request.url ?? '', (answer) => answer.pipe(response));
    });
    server.on('connect', (request, socket) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      const [, port] = (request.url ?? '').split(':');
      const through = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      through.on('error', () => socket.destroy());
      socket.on('error', () => through.destroy());
      closers.push(() => through.destroy());
    });
    return { url: `http://me:s3cret@127.0.0.1:${await listen(server)}`, asked };
  }

  it('are asked, and tunnel TLS', async () => {
    const { url, asked } = await proxy();
    const plain = await listen(http.createServer(echo));
    const secure = await listen(https.createServer(certificate, echo));
    const connect = { proxies: { http: url, https: url, bypass: [] }, ca: certificate.cert };
    expect(await ask(`http://127.0.0.1:${plain}/a?b`, connect)).toMatchObject({ body: `/a?b 127.0.0.1:${plain}` });
    expect(await ask(`https://127.0.0.1:${secure}/a`, connect)).toMatchObject({ kind: 'eof' });
    const authorization = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
    expect(asked).toEqual([
      `GET http://127.0.0.1:${plain}/a?b ${authorization}`,
      `CONNECT 127.0.0.1:${secure} ${authorization}`,
    ]);
  });

  it('that refuse are told', async () => {
    const server = http.createServer();
    server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const proxies = { https: `http://127.0.0.1:${await listen(server)}`, bypass: [] };
    expect(await ask('https://target.test/a', { proxies })).toMatchObject({
      kind: 'refused',
      detail: 'the proxy answered 403 to CONNECT',
    });
  });

  it.each([
    ['http://a.test/', 'a.test', false],
    ['http://b.a.test/', 'a.test', false],
    ['http://b.a.test/', '.a.test', false],
    ['http://ba.test/', 'a.test', true],
    ['http://a.test:81/', 'a.test:80', true],
    ['http://[::1]/', '::1', false],
    ['http://[::1]:81/', '[::1]:80', true],
    ['http://[::1]/', '[::1]', false],
    ['http://a.test/', '*', false],
    ['http://a.test/', '', true],
  ])('%s with NO_PROXY=%s: %s', (url, bypass, proxied) => {
    const proxies = { http: 'http://proxy.test:3128', bypass: [bypass] };
    expect(proxyOf(new URL(url), { proxies }) !== undefined).toBe(proxied);
  });
});
