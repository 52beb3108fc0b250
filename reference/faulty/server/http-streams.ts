/** Twins that break the requirements on creating, joining, leaving and cancelling streams, and on their ids. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Authorize } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer, Listener } from './faulty-server.js';
import { rewritingHead } from './head-rewriting.js';

const { streamKey } = defaultProtocol;

/** A stream that began so long ago is near its end. */
const LIFE_MS = 700;

/** Reads from the start may begin a generation of their own; cursors find the first. */
const regenerating = (startsAgain: (ageMs: number) => boolean) => (): Fault => {
  const known = new Map<string, { generations: number; readonly bornAtMs: number }>();
  const authorize: Authorize = (request, streamId) => {
    const id = streamId ?? '';
    const cursor = (request.header('last-event-id') ?? '') !== '' || request.url.searchParams.has('last_event_id');
    const stream = known.get(id) ?? { generations: 1, bornAtMs: performance.now() };
    const again = known.has(id) && request.method === 'GET' && !cursor;
    if (request.method === 'GET') known.set(id, stream);
    if (!again || !startsAgain(performance.now() - stream.bornAtMs)) return { principal: '1' };
    stream.generations += 1;
    // The principal is a part of the key: another one is another stream of the same name.
    return { principal: String(stream.generations) };
  };
  return { authorize };
};

/** Ids of the server's own, under which the chosen ones are found. */
const choosing = (choose: (requested: string) => string) => (): Fault => {
  const own = new Map<string, string>();
  return {
    protocol: {
      chooseStreamId: (requested) => {
        if (requested === undefined) return randomUUID();
        const id = own.get(requested) ?? choose(requested);
        own.set(requested, id);
        return id;
      },
      streamKey: (principal, id) => streamKey(principal, own.get(id) ?? id),
    },
  };
};

const forgettingWithoutReaders = (): Fault => {
  let forget: (streamId: string) => void = () => undefined;
  return {
    onStore: (expire) => {
      forget = expire;
    },
    protocol: {
      endsWithoutReaders: ({ streamId }) => {
        forget(streamId);
        return false;
      },
    },
  };
};

/** Ids by a draw of the twin's own; chosen ones are used. */
const drawing = (draw: (count: number) => string) => (): Fault => {
  let count = 0;
  return { protocol: { chooseStreamId: (requested) => requested ?? draw(count++) } };
};

const locating = (change: (location: string) => string | undefined) => ({
  around: rewritingHead(({ status, headers: { 'content-location': location, ...headers } }, { method }) => {
    const changed = location === undefined || method !== 'POST' ? location : change(location);
    return { status, headers: changed === undefined ? headers : { ...headers, 'content-location': changed } };
  }),
});

const refusingDelete =
  (next: Listener): Listener =>
  (request, response) => {
    if (request.method !== 'DELETE') {
      next(request, response);
      return;
    }
    response.writeHead(405, { Allow: 'GET', 'Content-Type': 'application/problem+json' });
    response.end('{"title":"Method Not Allowed","status":405}');
  };

export const httpStreamTwins: readonly FaultyServer[] = [
  {
    name: 'content-location-missing',
    breaks: 'HTTP-027',
    why: 'does not say where the stream is that a POST created',
    occasions: ['create'],
    fault: { protocol: { creationHeaders: () => ({}) } },
  },
  {
    name: 'content-location-of-collection',
    breaks: 'HTTP-027',
    why: 'names the URL of the POST, whose GET starts another stream',
    occasions: ['create'],
    fault: locating((location) => location.replace(/[?&]stream_id=[^&]*/, '')),
  },
  {
    name: 'content-location-elsewhere',
    breaks: 'HTTP-027',
    why: 'names a host of its own inside',
    occasions: ['create'],
    fault: locating((location) => `http://internal.invalid${location}`),
  },
  {
    name: 'chooses-itself',
    breaks: 'HTTP-028',
    why: 'gives every stream an id of its own, whatever the request chose',
    fault: choosing(() => randomUUID()),
  },
  {
    name: 'cuts-ids',
    breaks: 'HTTP-028',
    why: 'keeps the first 20 characters of a stream id',
    fault: choosing((requested) => requested.slice(0, 20)),
  },
  {
    name: 'ids-in-small-letters',
    breaks: 'HTTP-028',
    why: 'takes ids that differ in case alone for one',
    fault: { protocol: { streamKey: (principal, id) => streamKey(principal, id.toLowerCase()) } },
  },
  {
    name: 'starts-again-on-join',
    breaks: 'HTTP-029',
    why: 'generates anew for every reader without a cursor',
    fault: regenerating(() => true),
  },
  {
    name: 'starts-again-while-running',
    breaks: 'HTTP-029',
    why: 'generates anew for a reader that joins after the first moments',
    fault: () => ({ ...regenerating((ageMs) => ageMs > 100)(), text: { chunks: 18, chunkDelayMs: 60 } }),
  },
  {
    name: 'starts-again-after-the-end',
    breaks: 'HTTP-029',
    why: 'generates anew when a stream that has ended is read from its start',
    fault: regenerating((ageMs) => ageMs > LIFE_MS),
  },
  {
    name: 'cancels-without-readers',
    breaks: 'HTTP-030',
    why: 'cancels a stream when its last reader goes away',
    fault: { protocol: { endsWithoutReaders: () => true } },
  },
  {
    name: 'forgets-without-readers',
    breaks: 'HTTP-030',
    alsoBreaks: ['REPLAY-006'],
    why: 'drops a stream and its history when its last reader goes away',
    fault: forgettingWithoutReaders,
  },
  {
    name: 'delete-ignored',
    breaks: 'HTTP-031',
    why: 'answers DELETE with 204 and goes on',
    fault: { protocol: { cancelReason: () => undefined } },
  },
  {
    name: 'delete-as-done',
    breaks: 'HTTP-031',
    why: 'gives the reason done to a stream that was cancelled',
    fault: { protocol: { cancelReason: () => 'done' } },
  },
  {
    name: 'delete-405',
    breaks: 'HTTP-031',
    why: 'offers no DELETE',
    fault: { around: refusingDelete },
  },
  {
    name: 'ids-counted',
    breaks: 'HTTP-034',
    why: 'counts its streams',
    occasions: ['create'],
    fault: drawing((count) => `stream-${1000 + count}`),
  },
  {
    name: 'ids-by-time',
    breaks: 'HTTP-034',
    why: 'makes ids of the time and a short draw',
    occasions: ['create'],
    fault: drawing(() => `${Date.now()}-${randomBytes(4).toString('hex')}`),
  },
  {
    name: 'ids-by-math-random',
    breaks: 'HTTP-034',
    why: 'makes ids of Math.random()',
    occasions: ['create'],
    fault: drawing(() => Math.random().toString(36).slice(2)),
  },
  {
    name: 'ids-of-64-bits',
    breaks: 'HTTP-034',
    why: 'draws 8 bytes',
    occasions: ['create'],
    fault: drawing(() => randomBytes(8).toString('hex')),
  },
];
