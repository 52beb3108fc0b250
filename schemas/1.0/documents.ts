/** Loads the schema documents from the package, each when it is first asked for. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-root.js';

/** A JSON Schema (2020-12) as it stands in its file. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const folders = {
  'content-chunk': 'wire',
  heartbeat: 'wire',
  complete: 'wire',
  error: 'wire',
  'event-data': 'wire',
  'response-headers': 'wire',
  problem: 'wire',
  report: 'kit',
  transcript: 'kit',
  target: 'kit',
  shard: 'kit',
  certificate: 'kit',
  'client-report': 'kit',
  metrics: 'kit',
  sla: 'kit',
  fleet: 'kit',
  'fleet-index': 'kit',
  'load-plan': 'kit',
  'load-result': 'kit',
  'load-report': 'kit',
  faults: 'kit',
  vectors: 'kit',
} as const;

/** Name of a schema: its file's name. */
export type SchemaName = keyof typeof folders;

/** Every schema of this version, those of the wire first. */
export const schemaNames: readonly SchemaName[] = Object.keys(folders).filter(isSchemaName);

/** Every schema by its name. Reading a member loads its file. */
export const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  get 'content-chunk'() {
    return loadSchema('content-chunk');
  },
  get heartbeat() {
    return loadSchema('heartbeat');
  },
  get complete() {
    return loadSchema('complete');
  },
  get error() {
    return loadSchema('error');
  },
  get 'event-data'() {
    return loadSchema('event-data');
  },
  get 'response-headers'() {
    return loadSchema('response-headers');
  },
  get problem() {
    return loadSchema('problem');
  },
  get report() {
    return loadSchema('report');
  },
  get transcript() {
    return loadSchema('transcript');
  },
  get target() {
    return loadSchema('target');
  },
  get shard() {
    return loadSchema('shard');
  },
  get certificate() {
    return loadSchema('certificate');
  },
  get 'client-report'() {
    return loadSchema('client-report');
  },
  get metrics() {
    return loadSchema('metrics');
  },
  get sla() {
    return loadSchema('sla');
  },
  get fleet() {
    return loadSchema('fleet');
  },
  get 'fleet-index'() {
    return loadSchema('fleet-index');
  },
  get 'load-plan'() {
    return loadSchema('load-plan');
  },
  get 'load-result'() {
    return loadSchema('load-result');
  },
  get 'load-report'() {
    return loadSchema('load-report');
  },
  get faults() {
    return loadSchema('faults');
  },
  get vectors() {
    return loadSchema('vectors');
  },
};

const loaded = new Map<SchemaName, JsonSchema>();

/** The schema of that name; read from the package once. */
export function loadSchema(name: SchemaName): JsonSchema {
  let schema = loaded.get(name);
  if (schema === undefined) {
    schema = readSchema(packageFile('schemas', '1.0', folders[name], `${name}.json`));
    loaded.set(name, schema);
  }
  return schema;
}

/** `wire`: what travels between server and client; `kit`: what the kit reads and writes. */
export function groupOf(name: SchemaName): 'wire' | 'kit' {
  return folders[name];
}

function readSchema(path: string): JsonSchema {
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(schema)) {
    throw new Error(`${path} must hold a JSON object: the installation is damaged, install it again`);
  }
  return schema;
}

/** True for a JSON object, false for an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSchemaName(name: string): name is SchemaName {
  return Object.hasOwn(folders, name);
}
