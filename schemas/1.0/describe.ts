/** Says in words what a failing schema keyword expects and what was there instead. */
import type { ErrorObject } from 'ajv';

/** Text of third parties is quoted up to this many characters. */
const QUOTED_CHARACTERS = 120;

const articles: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

const comparisons: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
};

/** What the keyword asks for, such as `a number of at least 0`. */
export function describeExpected({ keyword, params, message, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return typesIn(params.type).join(' or ');
    case 'required':
      return `a member ${JSON.stringify(params.missingProperty)}`;
    case 'additionalProperties':
      return 'no such member';
    case 'discriminator':
      return 'the name of a known kind';
    case 'propertyNames':
      return 'only names that the schema allows';
    case 'enum':
      return `one of ${listOf(params.allowedValues)}`;
    case 'const':
      return JSON.stringify(params.allowedValue);
    case 'pattern':
      return `text that matches ${String(params.pattern)}${commentOf(parentSchema)}`;
    case 'format':
      return `text in the format ${String(params.format)}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `a number of ${comparisons[String(params.comparison)] ?? String(params.comparison)} ${String(params.limit)}`;
    case 'minLength':
    case 'maxLength':
      return `a string of at ${keyword === 'minLength' ? 'least' : 'most'} ${countOf(params.limit, 'character')}`;
    case 'minItems':
    case 'maxItems':
      return `an array of at ${keyword === 'minItems' ? 'least' : 'most'} ${countOf(params.limit, 'item')}`;
    case 'minProperties':
    case 'maxProperties':
      return `an object of at ${keyword === 'minProperties' ? 'least' : 'most'} ${countOf(params.limit, 'member')}`;
    default:
      return message ?? `a value that satisfies ${keyword}`;
  }
}

/** A value in a few words, however large it is. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > QUOTED_CHARACTERS;
    return `${JSON.stringify(value.slice(0, QUOTED_CHARACTERS))}${cut ? `… (${value.length} characters)` : ''}`;
  }
  if (Array.isArray(value)) {
    return `an array of ${countOf(value.length, 'item')}`;
  }
  if (typeof value === 'object' && value !== null) {
    return `an object of ${countOf(Object.keys(value).length, 'member')}`;
  }
  return value === undefined ? 'nothing' : String(value);
}

function typesIn(types: unknown): string[] {
  return (Array.isArray(types) ? types : [types]).map((type) => articles[String(type)] ?? String(type));
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(', ') : String(values);
}

function countOf(count: unknown, unit: string): string {
  return `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
}

/** A pattern that is hard to read says in `$comment` what it means. */
function commentOf(schema: ErrorObject['parentSchema']): string {
  const comment: unknown = schema?.$comment;
  return typeof comment === 'string' ? ` (${comment})` : '';
}
