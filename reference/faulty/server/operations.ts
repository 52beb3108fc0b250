/** Twins that break the requirements on slow readers, shutdown and rates. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { defaultProtocol } from '../../server/protocol.js';
import type { FaultyServer } from './faulty-server.js';
import { queryOf } from './faulty-server.js';
import { eachBlock, passHead, relaying } from './relay.js';

const { shutdownText } = defaultProtocol;

/** What a reader may owe before the twin does the wrong thing. */
const OWED_BYTES = 512 * 1024;

const floods = (request: IncomingMessage): boolean => queryOf(request).get('occasion') === 'flood';

/** Reads a flood as fast as it comes, and hands its blocks on. */
const pushing = (push: (response: ServerResponse, block: string) => void) =>
  relaying((answer, response) => {
    passHead(answer, response);
    eachBlock(
      answer,
      (block) => push(response, block),
      () => response.end(),
    );
  }, floods);

/** Behind the twin nothing overflows. */
const PATIENT = { maxSeconds: 5, maxBufferedBytes: 64 * 1024 * 1024 };

const isChunk = (block: string): boolean => block.startsWith('event: content_chunk');

export const operationsTwins: readonly FaultyServer[] = [
  {
    name: 'slow-reader-told-off',
    breaks: 'OPS-002',
    alsoBreaks: ['END-006'],
    why: 'ends the connection of a slow reader with an error',
    occasions: ['flood'],
    fault: {
      settings: PATIENT,
      around: pushing((response, block) => {
        if (response.writableEnded) return;
        response.write(block);
        if (response.writableLength < OWED_BYTES) return;
        const [, trace_id] = /"trace_id":"([^"]*)"/.exec(block) ?? [];
        const data = { code: 'client_too_slow', message: 'Too slow.', retryable: true, trace_id };
        response.end(`event: error\ndata: ${JSON.stringify(data)}\n\n`);
      }),
    },
  },
  {
    name: 'slow-reader-skipped',
    breaks: 'OPS-002',
    why: 'drops what a slow reader does not take',
    occasions: ['flood'],
    fault: {
      settings: PATIENT,
      around: pushing((response, block) => {
        if (!isChunk(block) || response.writableLength < OWED_BYTES) response.write(block);
      }),
    },
  },
  {
    name: 'shutdown-without-retry',
    breaks: 'OPS-003',
    why: 'closes its connections at shutdown without a word',
    shutsDown: true,
    fault: { protocol: { shutdownText: () => '' } },
  },
  {
    name: 'shutdown-as-error',
    breaks: 'OPS-003',
    why: 'ends its streams at shutdown with an error',
    shutsDown: true,
    fault: {
      protocol: {
        shutdownText: (random) =>
          `${shutdownText(random)}event: error\ndata: {"code":"shutdown","message":"Bye.","retryable":true,"trace_id":"x"}\n\n`,
      },
    },
  },
  {
    name: 'shutdown-in-step',
    breaks: 'OPS-004',
    why: 'sends all its readers the same time to come back',
    shutsDown: true,
    fault: { protocol: { shutdownText: () => 'retry: 3000\n\n' } },
  },
  {
    name: 'no-rate-limit',
    breaks: 'OPS-005',
    why: 'takes streams at any rate',
    occasions: ['limit'],
    // One answer to all: the site's tight limit is asked for by another name.
    fault: {
      around: (next) => (request, response) => {
        request.url = (request.url ?? '').replace('occasion=limit', 'occasion=none');
        next(request, response);
      },
    },
  },
];
