/** `npm run state-machines`: writes the pictures and tables of the state machines; with `--check` it only compares. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readChapters } from '../conformance/spec/read-spec.js';
import { packageFile } from '../schemas/1.0/package-root.js';
import { parseMachine } from './state-machines/machine.js';
import { pictureOf } from './state-machines/picture.js';
import { insertInto, markdownOf } from './state-machines/table.js';

/** The chapter that shows a machine. */
const chapterOfMachine: Readonly<Record<string, string>> = { stream: '65-replay.md', client: '78-states.md' };

const directory = packageFile('spec', '1.0');
const requirements = readChapters(directory).flatMap((chapter) => chapter.requirements);
const chapterOf = new Map(requirements.map(({ id, chapter }) => [id, chapter]));
const wanted = new Map<string, string>();

for (const file of readdirSync(join(directory, 'state-machines')).sort()) {
  const text = readFileSync(join(directory, 'state-machines', file), 'utf8');
  const machine = parseMachine(`spec/1.0/state-machines/${file}`, text, new Set(chapterOf.keys()));
  const chapter = chapterOfMachine[machine.name];
  if (chapter === undefined) throw new Error(`no chapter shows the state machine "${machine.name}"`);
  const path = join(directory, chapter);
  const markdown = markdownOf(machine, (id) => chapterOf.get(id) ?? '');
  wanted.set(path, insertInto(wanted.get(path) ?? readFileSync(path, 'utf8'), machine, markdown));
  wanted.set(join(directory, 'images', `${machine.name}.svg`), pictureOf(machine));
}

const stale = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run "npm run state-machines" and commit the result`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(`${wanted.size} files of state machines, ${stale.length} written`);
}
