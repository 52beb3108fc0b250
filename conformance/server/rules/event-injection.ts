/** EVENT-014: whether line breaks and NUL in the input of a request come out as fields of its stream. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting } from '../../judge/rule.js';
import { parseUrl } from './http-streams.js';
import { type Finding, judgeAll } from './rule-shapes.js';

const BREAKS = /[\r\n\0]/;

/** Shorter pieces of input could begin a line of any stream. */
const SHORTEST_PIECE = 4;

/** Streams without such input whose lines are looked at. */
const COMPARED = 12;

/** JSON of a request body is looked into this deep. */
const DEEPEST = 4;

/** Every text of the request that the target may use: path, query, body, strings inside a JSON body. */
function inputsOf(connection: ConnectionView): readonly string[] {
  const { url, body } = connection.request;
  const parsed = parseUrl(url, 'http://kit.invalid');
  const inUrl = parsed === undefined ? [] : [...parsed.searchParams.values(), decoded(parsed.pathname)];
  return body === undefined ? inUrl : [...inUrl, body, ...stringsIn(jsonOf(body), DEEPEST)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stringsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null && depth > 0
    ? Object.values(value).flatMap((member) => stringsIn(member, depth - 1))
    : [];
}

interface Own {
  /** NUL stands in streams whose requests had none. */
  readonly nul: boolean;
  /** Lines of such streams. */
  readonly lines: readonly string[];
}

function* injected(connection: ConnectionView, inputs: readonly string[], own: Own): Iterable<Finding> {
  const nul = connection.reading.diagnostics.find(({ code }) => code === 'nul' || code === 'id-with-nul');
  if (nul !== undefined && !own.nul && inputs.some((input) => input.includes('\0'))) {
    yield { expected: 'no NUL of the input in the stream', actual: `NUL at offset ${nul.offset}` };
  }
  const pieces = inputs
    .flatMap((input) => input.split(BREAKS).slice(1))
    .map((piece) => piece.trim())
    .filter((piece) => piece.length >= SHORTEST_PIECE)
    // A piece such as "event: complete" begins lines of every stream.
    .filter((piece) => !own.lines.some((line) => beginsWith(line, piece)));
  for (const line of linesOf(connection)) {
    // A break that an encoder turned into a further data line has reached the value as well.
    const [, value = ''] = /^data: ?(.*)/.exec(line) ?? [];
    if (pieces.some((piece) => beginsWith(line, piece) || beginsWith(value, piece))) {
      yield {
        expected: 'the input inside one JSON string',
        actual: `a line that the input began: ${JSON.stringify(line.slice(0, 100))}`,
      };
    }
  }
}

function linesOf({ chunks }: ConnectionView): readonly string[] {
  const bytes = Buffer.concat(chunks.map(({ base64 }) => Buffer.from(base64, 'base64')));
  return bytes.toString('utf8').split(/\r\n|\r|\n/);
}

/** True where a line begins with a piece of the input, and not with a longer word: `id: 1` is not the start of `id: 17`. */
function beginsWith(line: string, piece: string): boolean {
  return line.startsWith(piece) && !/^[A-Za-z0-9]/.test(line.slice(piece.length));
}

/** Texts of a request that hold CR, LF or NUL. */
export function inputsWithBreaks(connection: ConnectionView): readonly string[] {
  return inputsOf(connection).filter((input) => BREAKS.test(input));
}

function hasNul({ reading }: ConnectionView): boolean {
  return reading.diagnostics.some(({ code }) => code === 'nul' || code === 'id-with-nul');
}

function* judgeInjection(evidence: Evidence): Iterable<Sighting> {
  const streams = evidence
    .connections()
    .filter((connection) => connection.isEventStream && connection.events().length > 0);
  const asked = streams.map((connection) => ({ connection, inputs: inputsWithBreaks(connection) }));
  const hostile = asked.filter(({ inputs }) => inputs.length > 0);
  const clean = asked.filter(({ inputs }) => inputs.length === 0).map(({ connection }) => connection);
  if (hostile.length > 0) {
    // NUL that stands in every stream does not come from the input (ID-006).
    const own = { nul: clean.some(hasNul), lines: [...new Set(clean.slice(0, COMPARED).flatMap(linesOf))] };
    for (const { connection, inputs } of hostile) {
      yield* judgeAll(connection, injected(connection, inputs, own), true);
    }
  }
  // Input that was refused has reached nothing; a target that refuses everything shows nothing by it.
  for (const connection of streams.length > 0 ? (evidence.scenario('injection')?.connections ?? []) : []) {
    const { status } = connection;
    if (status !== null && status >= 400 && status < 500 && inputsWithBreaks(connection).length > 0) {
      yield right(placeOf(connection));
    }
  }
}

export const eventInjection = {
  'EVENT-014': {
    from: ['injection', 'read-through'],
    observes: 'The lines of a stream whose request carried CR, LF or NUL, beside what stood after them in the input.',
    occasion:
      'Give a URL whose input comes back in the stream and holds line breaks and NUL: `--occasion injection=URL`, with %0D, %0A and %00 in a parameter.',
    mend: 'Put input into JSON strings alone, serialized by a library; refuse CR, LF and NUL in event types and ids.',
    judge: judgeInjection,
  },
} satisfies RuleBook<'server', 'EVENT'>;
