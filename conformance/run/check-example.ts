/** Checks a fenced example of the written spec against the schemas and the rules that it claims to follow or to break. */
import { type SchemaName, schemaNames, validate } from '../../schemas/1.0/index.js';
import type { Evidence, Header } from '../evidence/types.js';
import { serverRuleBook } from '../server/rules/index.js';
import type { FencedBlock } from '../spec/markdown-blocks.js';
import { evidenceOfAnswer, evidenceOfEvents } from './example-evidence.js';
import type { Rules } from './judge-with.js';

const RULES: Rules = serverRuleBook;

/** Rules that look at each event alone: they hold in an excerpt too. */
const OF_EVENTS = /^(EVENT-0(0[1-9]|1[0-4])|EVENT-030|ID-00[1-7]|HEARTBEAT-007)$/;
const OF_CONNECTIONS = /^(HEARTBEAT-00[27]|REPLAY-015)$/;
const OF_STREAMS = /^END-00[124]$/;
const OF_ANSWERS = /^(HTTP-0(0[1-9]|1[0-2])|TRACE-00[16])$/;

/** What is wrong with an example, in one line; undefined where nothing is, or where the block is none of ours. */
export function checkExample(block: FencedBlock): string | undefined {
  const [kind = '', ...attributes] = block.info.split(/\s+/);
  const given = new Map(attributes.map((attribute) => [attribute.split('=')[0] ?? '', attribute.split('=')[1] ?? '']));
  const claims = listOf(given.get('follows'));
  const breaks = given.get('wrong');
  const unknown = [...claims, ...listOf(breaks)].find((id) => !/^[A-Z]+-\d{3}$/.test(id));
  if (unknown !== undefined) {
    return `"${unknown}" is no requirement id`;
  }
  switch (kind) {
    case 'sse':
      return checkEvents(block.text, breaks, given.get('part'));
    case 'http':
      return checkMessage(block.text);
    case 'json':
      return checkDocument(block.text, given.get('schema'), breaks);
    default:
      return undefined;
  }
}

function checkEvents(text: string, breaks: string | undefined, part: string | undefined): string | undefined {
  if (breaks === undefined && !text.endsWith('\n\n')) {
    return 'an sse block ends with a blank line, as its last event does';
  }
  const ids = Object.keys(RULES).filter(
    (id) =>
      OF_EVENTS.test(id) ||
      (part !== undefined && OF_CONNECTIONS.test(id)) ||
      (part === 'stream' && OF_STREAMS.test(id)),
  );
  return judge(evidenceOfEvents(text), ids, breaks);
}

/** Runs the rules: those that are broken have to be exactly the one that the block names, or none. */
function judge(evidence: Evidence, ids: readonly string[], breaks: string | undefined): string | undefined {
  const asked = breaks === undefined || ids.includes(breaks) ? ids : [...ids, breaks];
  const broken = asked.flatMap((id) => {
    for (const sighting of RULES[id]?.judge(evidence) ?? []) {
      if (sighting.kind === 'wrong') {
        return [{ id, text: `expected ${sighting.expected}, got ${sighting.actual}` }];
      }
    }
    return [];
  });
  if (breaks !== undefined && !broken.some(({ id }) => id === breaks)) {
    return `is said to break ${breaks} and does not`;
  }
  const [other] = broken.filter(({ id }) => id !== breaks);
  return other === undefined ? undefined : `breaks ${other.id}: ${other.text}`;
}

function checkMessage(text: string): string | undefined {
  const [head = '', body = ''] = text.split(/\n\n([\s\S]*)/);
  const [start = '', ...lines] = head.trimEnd().split('\n');
  const fields = lines.map((line): Header | undefined => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): (.*)$/.exec(line);
    return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
  });
  const odd = lines[fields.indexOf(undefined)];
  if (fields.includes(undefined)) {
    return `"${odd}" is no header field`;
  }
  if (/^(GET|HEAD|POST|DELETE|OPTIONS) \S+ HTTP\/1\.1$/.test(start)) {
    return undefined;
  }
  const status = /^HTTP\/1\.1 (\d{3}) [A-Za-z ]+$/.exec(start)?.[1];
  if (status === undefined) {
    return `"${start}" is neither a request line nor a status line`;
  }
  const headers = fields.filter((field) => field !== undefined);
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (type.startsWith('application/problem+json')) {
    return checkDocument(body, 'wire/problem', undefined);
  }
  const ids = type.startsWith('text/event-stream') ? Object.keys(RULES).filter((id) => OF_ANSWERS.test(id)) : [];
  return judge(evidenceOfAnswer(Number(status), headers, body), ids, undefined);
}

function checkDocument(text: string, schema: string | undefined, breaks: string | undefined): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (schema === undefined) {
    return undefined;
  }
  const name = schema.replace(/^(wire|kit)\//, '');
  if (!isSchemaName(name)) {
    return `names the schema "${schema}", which does not exist`;
  }
  const violations = validate(name, value);
  if (breaks !== undefined) {
    const broken = violations.some(({ requirements }) => requirements.some((id) => id === breaks));
    return broken ? undefined : `is said to break ${breaks} and does not`;
  }
  const [first] = violations;
  return first && `is not valid by ${schema}: ${first.path || '/'}: expected ${first.expected}, got ${first.actual}`;
}

function isSchemaName(name: string): name is SchemaName {
  return schemaNames.some((known) => known === name);
}

function listOf(ids: string | undefined): readonly string[] {
  return (ids ?? '').split(',').filter((id) => id !== '');
}
