/** Validates values against the schemas and charges every violation to the requirements that it breaks. */
import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { describeExpected, describeValue } from './describe.js';
import { isRecord, loadSchema, type SchemaName } from './documents.js';
import type { SchemaTypes } from './schema-types.js';

/** One keyword of a schema that a value breaks. */
export interface Violation {
  /** Ids of the requirements that the keyword enforces; empty for schemas of the kit. */
  readonly requirements: readonly string[];
  /** The keyword that failed, such as `required`. */
  readonly keyword: string;
  /** JSON Pointer to the offending or missing value; '' is the whole. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** Errors are worth listing up to here; what a third party sends could hold any number. */
const MOST_VIOLATIONS = 50;

const payloads: Readonly<Record<string, SchemaName>> = {
  content_chunk: 'content-chunk',
  heartbeat: 'heartbeat',
  complete: 'complete',
  error: 'error',
};

/**
 * The violations of an event's data, after JSON parsing, by the event's type as on the wire. Data of a type that this
 * version does not define is held to what is true of every event.
 */
export function validatePayload(type: string, value: unknown): readonly Violation[] {
  return validate(Object.hasOwn(payloads, type) ? (payloads[type] ?? 'event-data') : 'event-data', value);
}

/** The violations of a value; none where it is valid. Never throws, whatever the value. */
export function validate(name: SchemaName, value: unknown): readonly Violation[] {
  const check = validatorOf(name);
  if (check(value)) {
    return [];
  }
  return (check.errors ?? [])
    .slice(0, MOST_VIOLATIONS)
    .filter(({ keyword }) => keyword !== 'if') // the failing keyword of `then` is listed itself
    .map((error) => violationOf(name, error));
}

/** True where the value is valid, and then of the schema's type. */
export function isOfSchema<N extends SchemaName>(name: N, value: unknown): value is SchemaTypes[N] {
  return validatorOf(name)(value);
}

const require = createRequire(import.meta.url);
const validators = new Map<SchemaName, ValidateFunction>();

/** Ajv takes longer to load and to compile than most commands of the kit run: both wait for the first value. */
function validatorOf(name: SchemaName): ValidateFunction {
  let validator = validators.get(name);
  if (validator === undefined) {
    validator = compile(name);
    validators.set(name, validator);
  }
  return validator;
}

/** Compiled schemas are right: a test holds them to the metaschema, so that starting up need not. */
function compile(name: SchemaName): ValidateFunction {
  const { Ajv2020 }: typeof import('ajv/dist/2020.js') = require('ajv/dist/2020.js');
  const addFormats: typeof import('ajv-formats') = require('ajv-formats');
  const ajv = new Ajv2020({
    allErrors: !unbounded.includes(name),
    allowUnionTypes: true,
    discriminator: true,
    validateSchema: false,
    meta: false,
    verbose: true,
  });
  addFormats.default(ajv, ['date', 'date-time', 'uri-reference']);
  ajv.addKeyword('x-requirement');
  return ajv.compile(loadSchema(name));
}

/** These hold lists without bound, whose items could all be wrong: the first error is enough. */
const unbounded: readonly SchemaName[] = ['report', 'transcript', 'shard', 'certificate'];

function violationOf(name: SchemaName, error: ErrorObject): Violation {
  const missing = memberOf(error, 'missingProperty');
  const member = missing ?? memberOf(error, 'additionalProperty') ?? memberOf(error, 'tag');
  return {
    requirements: requirementsOf(name, error.schemaPath, missing),
    keyword: error.keyword,
    path: member === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(member)}`,
    expected: describeExpected(error),
    actual: missing === undefined ? describeValue(offendingValue(error)) : 'absent',
  };
}

/**
 * Follows the path of a failing keyword from the root and keeps the nearest annotation that speaks of it. The annotation
 * `x-requirement` names the ids that the keywords beside and below it enforce: a list for all of them, or a member for
 * each keyword; under `required`, a list for all or a member for each missing member.
 */
function requirementsOf(name: SchemaName, schemaPath: string, missing: string | undefined): readonly string[] {
  let node: unknown = loadSchema(name);
  let found: readonly string[] = [];
  for (const segment of schemaPath.split('/').slice(1).map(unescapePointer)) {
    if (isRecord(node)) {
      found = annotated(node['x-requirement'], segment, missing) ?? found;
      node = node[segment];
    } else if (Array.isArray(node)) {
      node = node[Number(segment)];
    }
  }
  return found;
}

function annotated(annotation: unknown, keyword: string, missing: string | undefined): readonly string[] | undefined {
  if (!isRecord(annotation)) {
    return idsOf(annotation);
  }
  const forKeyword = annotation[keyword];
  return isRecord(forKeyword) && missing !== undefined ? idsOf(forKeyword[missing]) : idsOf(forKeyword);
}

function idsOf(list: unknown): readonly string[] | undefined {
  return Array.isArray(list) ? list.filter((id) => typeof id === 'string') : undefined;
}

/** The value at the path of the violation: a tag or an unknown member is one step below what the keyword looks at. */
function offendingValue({ keyword, params, data }: ErrorObject): unknown {
  if (keyword === 'discriminator') {
    return params.tagValue;
  }
  return keyword === 'additionalProperties' && isRecord(data) ? data[String(params.additionalProperty)] : data;
}

function memberOf(error: ErrorObject, param: string): string | undefined {
  const value: unknown = error.params[param];
  return typeof value === 'string' ? value : undefined;
}

function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(segment: string): string {
  return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}
