/** What names a requirement outside of the written spec: schemas, code, rules, faulty twins. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';

/** For each requirement id, the places that name it. */
export type Links = ReadonlyMap<string, readonly string[]>;

export interface TraceLinks {
  readonly schema: Links;
  readonly code: Links;
  readonly rule: Links;
  readonly twin: Links;
}

export async function collectLinks(): Promise<TraceLinks> {
  return {
    schema: gather(
      [...filesUnder('schemas/1.0/wire', '.json'), ...filesUnder('schemas/1.0/kit', '.json')].flatMap((file) =>
        idsInSchema(JSON.parse(readFileSync(packageFile(file), 'utf8'))).map((id) => [id, file]),
      ),
    ),
    code: gather(
      [...filesUnder('reference', '.ts'), ...filesUnder('reference', '.tsx')]
        .filter((file) => !file.includes('/faulty/') && !/\.test\.tsx?$/.test(file))
        .flatMap((file) =>
          idsInCode(readFileSync(packageFile(file), 'utf8')).map(([id, line]) => [id, `${file}:${line}`]),
        ),
    ),
    rule: gather([
      ...(await rulesOf('conformance/server/rules/index.ts', 'serverRuleBook')),
      ...(await rulesOf('conformance/client/rules/index.ts', 'clientRuleBook')),
    ]),
    twin: gather([
      ...(await twinsOf('reference/faulty/server/index.ts', 'twins')),
      ...(await twinsOf('reference/faulty/client/index.ts', 'clientTwins')),
    ]),
  };
}

/** Ids that any `x-requirement` of a schema names. */
export function idsInSchema(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(idsInSchema);
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'x-requirement' ? [value].flat().filter((id) => typeof id === 'string') : idsInSchema(value),
  );
}

/** Ids that stand in comments of their own: `// REPLAY-003, REPLAY-004`; what follows the ids is free text. */
export function idsInCode(source: string): [id: string, line: number][] {
  return source.split('\n').flatMap((line, index) => {
    const ids = /^\s*(?:\/\/|\/\*\*?|\*|\{\/\*)\s*((?:[A-Z]{2,16}-\d{3}(?:, )?)+)/.exec(line)?.[1];
    return ids === undefined ? [] : ids.split(', ').map((id): [string, number] => [id, index + 1]);
  });
}

async function rulesOf(file: string, name: string): Promise<[id: string, place: string][]> {
  const book = await exported(file, name);
  if (book === undefined) return [];
  if (!isRecord(book)) throw new TypeError(`${file}: expected ${name} to be an object of rules by id`);
  return Object.entries(book).flatMap(([id, rule]) => (rule === undefined ? [] : [[id, file]]));
}

async function twinsOf(file: string, name: string): Promise<[id: string, place: string][]> {
  const twins = await exported(file, name);
  if (twins === undefined) return [];
  if (!Array.isArray(twins)) throw new TypeError(`${file}: expected ${name} to be an array of { name, breaks }`);
  return twins.map((twin: unknown) => {
    if (isRecord(twin) && typeof twin.name === 'string' && typeof twin.breaks === 'string')
      return [twin.breaks, twin.name];
    throw new TypeError(`${file}: expected { name, breaks }, found ${JSON.stringify(twin)?.slice(0, 80)}`);
  });
}

/** An export of a module of ours; undefined where the module does not exist yet. */
async function exported(file: string, name: string): Promise<unknown> {
  if (!existsSync(packageFile(file))) return undefined;
  const module: unknown = await import(pathToFileURL(packageFile(file)).href);
  if (isRecord(module) && name in module) return module[name];
  throw new TypeError(`${file}: expected an export named ${name}`);
}

function gather(pairs: readonly (readonly [id: string, place: string])[]): Links {
  const links = new Map<string, string[]>();
  for (const [id, place] of pairs) {
    const places = links.get(id) ?? [];
    if (!places.includes(place)) links.set(id, [...places, place]);
  }
  return links;
}

function filesUnder(folder: string, extension: string): string[] {
  const root = packageFile(folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => relative(packageRoot(), join(root, file)).replaceAll('\\', '/'))
    .sort();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
