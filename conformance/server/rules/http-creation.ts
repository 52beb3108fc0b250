/** HTTP-027, HTTP-028 and HTTP-034: who creates a stream learns its URL, and who chooses its id draws it at random. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { carriesPart, describeAnswer, isBusy, quote, servesStreams } from './http-answers.js';
import { entropyBoundOf } from './http-entropy.js';
import { birthOf } from './http-generation.js';
import { arrivalsOf, cursorOf, idInHeartbeat, parseUrl, requestedId, segmentsOf, streamsOf } from './http-streams.js';

/** A stream that is older than its request by more was there before. */
const OLDER_MS = 100;

/** Random bits of a stream id (HTTP-034). */
const RANDOM_BITS = 122;

/** Statuses of a URL that takes no POST. */
const NO_POST = [404, 405, 501];

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status <= 299;
}

/** The URL that `Content-Location` names, against that of the request; undefined where it is none. */
function locationOf(post: ConnectionView): URL | undefined {
  const value = post.header('content-location')?.trim();
  return value === undefined || value === '' ? undefined : parseUrl(value, post.request.url);
}

/** Creation by POST is one of two ways, and a target that is not said to offer it has the other. */
function* withoutPost(evidence: Evidence): Iterable<Sighting> {
  if (servesStreams(evidence)) {
    yield notApplicable('Nothing was created by POST; where the target offers that, give `--occasion create=URL`.');
  }
}

function* judgeLocation(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('create');
  const posts = scenario?.connections.filter((connection) => connection.request.method === 'POST') ?? [];
  yield* posts.length === 0 ? withoutPost(evidence) : [];
  for (const post of posts) {
    if (post.status !== null && NO_POST.includes(post.status) && servesStreams(evidence)) {
      yield notApplicable(`The target creates no stream by POST: it answered ${post.status}.`);
    }
    // An answer that is no stream created none that the kit can know of.
    if (isSuccess(post.status) && (post.isEventStream || carriesPart(post))) {
      yield* judgePost(post, post.label === 'post' ? scenario?.connection('join') : undefined);
    }
  }
}

function* judgePost(post: ConnectionView, join: ConnectionView | undefined): Iterable<Sighting> {
  const value = post.header('content-location');
  const location = locationOf(post);
  if (location === undefined || location.origin !== parseUrl(post.request.url)?.origin) {
    yield wrong(
      placeOf(post),
      'a Content-Location header with the GET URL of the stream, of the same origin',
      value === undefined ? 'no Content-Location header' : `Content-Location: ${quote(value)}`,
    );
  } else if (join !== undefined) {
    yield* judgeJoin(post, join);
  }
}

function* judgeJoin(post: ConnectionView, join: ConnectionView): Iterable<Sighting> {
  const expected = `a GET of Content-Location ${quote(post.header('content-location') ?? '')} that answers from the stream`;
  if (join.status === null || isBusy(join.status)) {
    return;
  }
  if (!carriesPart(join)) {
    yield wrong(placeOf(join), expected, describeAnswer(join));
    return;
  }
  const witnesses = witnessesOf(post, join);
  if (witnesses.length > 0) {
    yield sighting(
      witnesses.some(({ same }) => same),
      placeOf(join),
      () => expected,
      () => witnesses.map(({ tells }) => tells).join('; '),
    );
  }
}

/** What tells whether two connections belong to one stream. One that agrees is enough: each may be broken alone. */
function witnessesOf(one: ConnectionView, other: ConnectionView): readonly { same: boolean; tells: string }[] {
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['X-Stream-ID', one.header('x-stream-id'), other.header('x-stream-id')],
    ['stream_id in the heartbeat', idInHeartbeat(one), idInHeartbeat(other)],
    ['X-Trace-ID', one.header('x-trace-id'), other.header('x-trace-id')],
    ['the first common event', ...firstCommonData(one, other)],
  ];
  return pairs.flatMap(([name, here, there]) =>
    here === undefined || there === undefined
      ? []
      : [{ same: here === there, tells: `${name} ${quote(there)} instead of ${quote(here)}` }],
  );
}

function firstCommonData(one: ConnectionView, other: ConnectionView): [string | undefined, string | undefined] {
  const theirs = arrivalsOf(other);
  for (const [id, event] of arrivalsOf(one)) {
    const match = theirs.get(id);
    if (match !== undefined) {
      return [event.data, match.data];
    }
  }
  return [undefined, undefined];
}

function* judgeChosen(evidence: Evidence): Iterable<Sighting> {
  for (const { scenario, creator } of streamsOf(evidence)) {
    const asked = requestedId(creator, scenario);
    if (asked === undefined || cursorOf(creator) > 0 || !/^[A-Za-z0-9._~-]{1,128}$/.test(asked)) {
      continue;
    }
    const stated = [creator.header('x-stream-id'), idInHeartbeat(creator)].filter((id) => id !== undefined);
    // One of the two that agrees shows the id of the stream; the other's fault is HTTP-006 or HEARTBEAT-016.
    if (stated.length > 0) {
      yield sighting(
        stated.includes(asked),
        placeOf(creator),
        () => `the stream id ${quote(asked)} that the request chose`,
        () => `the stream id ${stated.map((id) => quote(id)).join(' and ')}`,
      );
    }
  }
}

/** Ids of every character and the greatest length, of which the second differs from the first in case alone. */
function* judgeOdd(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('odd-stream-id');
  for (const connection of servesStreams(evidence) ? (scenario?.connections ?? []) : []) {
    // In a path, the server may never see what it does not route.
    if (connection.status === 400 || connection.status === 414) {
      yield wrong(
        placeOf(connection),
        'a stream of the well-formed id that the request chose',
        describeAnswer(connection),
      );
    }
  }
  const first = scenario?.connection('odd-1');
  const second = scenario?.connection('odd-2');
  if (first !== undefined && second !== undefined && carriesPart(second)) {
    const trace = second.header('x-trace-id');
    const bornAtMs = birthOf(second)?.bornAtMs ?? second.sentAtMs;
    const sameTrace = trace !== undefined && trace !== '' && trace === first.header('x-trace-id');
    yield sighting(
      !(sameTrace && bornAtMs < second.sentAtMs - OLDER_MS),
      placeOf(second),
      () => 'a stream of its own for an id that differs from that of another stream in case alone',
      () => 'the other stream, by its trace id and its age',
    );
  }
}

/** Connections whose request left the choice of the id to the server, with the id it chose. */
function chosenByServer(evidence: Evidence): readonly { connection: ConnectionView; id: string }[] {
  return evidence.scenarios.flatMap((scenario) =>
    scenario.connections.flatMap((connection) => {
      const id = connection.header('x-stream-id');
      return id === undefined || id === '' || !carriesOrStarts(connection) || isNamedByRequest(connection, scenario)
        ? []
        : [{ connection, id }];
    }),
  );
}

function carriesOrStarts(connection: ConnectionView): boolean {
  return ['GET', 'POST'].includes(connection.request.method) && (connection.isEventStream || carriesPart(connection));
}

function isNamedByRequest(connection: ConnectionView, scenario: ScenarioView): boolean {
  const url = parseUrl(connection.request.url);
  const id = connection.header('x-stream-id');
  return (
    url === undefined ||
    url.searchParams.has('stream_id') ||
    requestedId(connection, scenario) !== undefined ||
    segmentsOf(url).some((segment) => segment === id) ||
    [...url.searchParams.values()].some((value) => value === id) ||
    cursorOf(connection) > 0
  );
}

function* judgeEntropy(evidence: Evidence): Iterable<Sighting> {
  const chosen = chosenByServer(evidence);
  if (chosen.length === 0 && evidence.connections(['create']).length === 0) {
    yield* withoutPost(evidence);
    return;
  }
  const byPost = chosen.filter(({ connection }) => connection.request.method === 'POST');
  const seen = new Map<string, string>();
  for (const { connection, id } of byPost) {
    const earlier = seen.get(id);
    if (earlier !== undefined) {
      yield wrong(placeOf(connection), 'another stream id for every stream', `${quote(id)}, as on ${earlier}`);
    }
    seen.set(id, connection.label);
  }
  const ids = [...new Set(chosen.map(({ id }) => id))];
  const bound = entropyBoundOf(ids);
  const last = chosen.at(-1);
  // A GET without an id may name one stream by its URL alone: its id then is a name, not a draw.
  if (bound === undefined || last === undefined || (byPost.length === 0 && ids.length < 2)) {
    return;
  }
  if (bound.bits < RANDOM_BITS) {
    yield wrong(
      placeOf(last.connection),
      `room for at least ${RANDOM_BITS} random bits`,
      `at most ${Math.floor(bound.bits)} bits: ${bound.reason}; ids ${ids.slice(0, 4).map(quote).join(', ')}`,
    );
  } else if (ids.length > 1) {
    yield right(placeOf(last.connection));
  }
}

export const creationRules = {
  'HTTP-027': {
    from: ['create', 'read-through'],
    observes: 'The `Content-Location` of a creating POST, and what a GET of it answers.',
    occasion: 'Give the occasion `create`: a URL that creates a stream by POST.',
    mend: 'Send `Content-Location` with the path and query by which a GET joins the stream, `stream_id` included.',
    judge: judgeLocation,
  },
  'HTTP-028': {
    from: ['read-through', 'cut-and-resume', 'readers', 'cap', 'compression', 'odd-stream-id', 'create'],
    observes:
      'The id of every stream whose creating request named one, in the header and in the heartbeat; long ones and capitals too.',
    occasion: 'Take a `stream_id` in the URL and state it in X-Stream-ID.',
    mend: 'Use the `stream_id` of the request as the id of the stream; draw one only where it has none.',
    judge: function* (evidence) {
      yield* judgeChosen(evidence);
      yield* judgeOdd(evidence);
    },
  },
  'HTTP-034': {
    from: ['create', 'read-through', 'cut-and-resume', 'readers'],
    observes: 'Necessary signs of random ids: all of them differ, and what varies between them has room for 122 bits.',
    occasion: 'Give the occasion `create`: a URL that creates streams by POST and chooses their ids.',
    mend: 'Draw stream ids from a cryptographic source: a random UUID (version 4), or 21 characters of 64.',
    judge: judgeEntropy,
  },
} satisfies RuleBook<'server', 'HTTP'>;
