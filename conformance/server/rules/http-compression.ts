/** HTTP-018 and HTTP-019: an event stream is not compressed, or every event is flushed. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, type Sighting, sighting } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import type { WireEvent } from '../../wire/types.js';
import { carriesPart, quote } from './http-answers.js';
import { tokensOf } from './http-fields.js';
import { arrivalsOf } from './http-streams.js';

/** How long after its write an event may become readable (HTTP-019). */
const FLUSH_MS = 250;

/**
 * Part of the events that have to be late before the compressor is blamed: it holds back many, while a moment in which
 * the machine stands still delays a few.
 */
const HELD_BACK = 0.25;

/** The codings of the answer that compress; `identity` is none. */
function codingsOf(connection: ConnectionView): readonly string[] {
  return tokensOf(connection.header('content-encoding') ?? '').filter((coding) => coding !== 'identity');
}

function isCompressed(connection: ConnectionView): boolean {
  return codingsOf(connection).length > 0;
}

/** True where the request offers a coding that compresses. */
function offersCompression(connection: ConnectionView): boolean {
  return tokensOf(connection.requestHeader('accept-encoding') ?? '').some((offer) =>
    /^(gzip|deflate|br|zstd)\b/.test(offer),
  );
}

/** Compressed answers of the status and type of a stream, also where nothing of them could be decoded. */
function isStreamAnswer(connection: ConnectionView): boolean {
  return carriesPart(connection) || connection.isEventStream;
}

function* judgeCompression(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections()) {
    const compressed = isCompressed(connection) && isStreamAnswer(connection);
    // Only a request that offers a coding shows that the target declines it.
    if (compressed || (offersCompression(connection) && carriesPart(connection))) {
      yield sighting(
        !compressed,
        placeOf(connection),
        () => 'an event stream without a content coding',
        () => `Content-Encoding: ${quote(connection.header('content-encoding') ?? '')}`,
      );
    }
  }
}

function* judgeFlush(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('compression');
  const packed = scenario?.connection('packed');
  const plain = scenario?.connection('plain');
  if (packed === undefined || plain === undefined || !carriesPart(plain)) {
    return;
  }
  if (!isCompressed(packed)) {
    if (carriesPart(packed)) {
      yield notApplicable('The target does not compress the stream, although the kit accepts it.');
    }
    return;
  }
  const arrivals = arrivalsOfLive(plain, packed);
  const late = arrivals.filter(({ lateMs }) => lateMs > FLUSH_MS + LATE_MS);
  const [latest] = [...arrivals].sort((one, other) => other.lateMs - one.lateMs);
  if (latest !== undefined) {
    const { event, arrived, lateMs } = latest;
    yield sighting(
      late.length < arrivals.length * HELD_BACK,
      placeOf(packed, arrived),
      () => `every event readable at most ${FLUSH_MS} ms after its write, as on the uncompressed connection`,
      () =>
        arrived === undefined
          ? `nothing of event ${event.id} by ${Math.round(packed.end.atMs)} ms; uncompressed it came at ${Math.round(event.atMs)} ms`
          : `${late.length} of ${arrivals.length} events late; event ${event.id} came ${Math.round(lateMs)} ms after the same uncompressed`,
    );
  }
}

interface Arrival {
  readonly event: WireEvent;
  readonly arrived: WireEvent | undefined;
  readonly lateMs: number;
}

/** The events that were live on both connections, and how much later each came on the packed one. */
function arrivalsOfLive(plain: ConnectionView, packed: ConnectionView): readonly Arrival[] {
  const openMs = Math.max(packed.sentAtMs, plain.sentAtMs);
  const packedArrivals = arrivalsOf(packed);
  return [...arrivalsOf(plain)].flatMap(([id, event]) => {
    const arrived = packedArrivals.get(id);
    const lateMs = (arrived?.atMs ?? packed.end.atMs) - event.atMs;
    // What came before both were open is replay; what the kit no longer waited for cannot be called late.
    const unknown = arrived === undefined && (packed.end.by === 'target' || lateMs <= FLUSH_MS + LATE_MS);
    return event.atMs < openMs || unknown ? [] : [{ event, arrived, lateMs }];
  });
}

export const compressionRules = {
  'HTTP-018': {
    from: ['compression'],
    observes: '`Content-Encoding` of a stream whose request accepts gzip, deflate and br.',
    occasion: 'Give the URL of a stream that can be read with an Accept-Encoding header.',
    mend: 'Leave event streams out of the compression of the server and of every proxy before it.',
    judge: judgeCompression,
  },
  'HTTP-019': {
    from: ['compression'],
    observes:
      'When each event can be decoded on a compressed connection, beside an uncompressed one of the same stream.',
    occasion: 'Serve a stream with several events, some of them after both connections are open.',
    mend: 'Flush the compressor after every event (Z_SYNC_FLUSH), or do not compress event streams.',
    timed: true,
    judge: judgeFlush,
  },
} satisfies RuleBook<'server', 'HTTP'>;
