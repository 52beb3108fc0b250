/** A page for each schema: its members in a table, its examples, the file itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { escapeHtml, type Page, relativeUrl } from './html.js';

const ROOT = 'schemas/1.0';
const GROUPS = ['wire', 'kit'] as const;

type Json = Readonly<Record<string, unknown>>;

export function schemaPages(): readonly Page[] {
  const pages = GROUPS.flatMap((group) =>
    readdirSync(packageFile(ROOT, group))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => schemaPage(`${ROOT}/${group}/${name}`)),
  );
  return [indexPage(pages), ...pages];
}

function schemaPage(file: string): Page {
  const schema: unknown = JSON.parse(readFileSync(packageFile(file), 'utf8'));
  if (!isJson(schema)) {
    throw new Error(`${file}: expected a JSON object`);
  }
  const path = file.replace(/\.json$/, '.html');
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  const main = `<h1>${escapeHtml(textOf(schema.title))}</h1>
<p>${inline(textOf(schema.description))}</p>
<p>The schema: <a href="${relativeUrl(path, file)}"><code>${escapeHtml(file)}</code></a>, <code>${escapeHtml(textOf(schema.$id))}</code></p>
${membersTable(schema)}
${examples.map((example, index) => `<h2 id="example-${index + 1}">Example${examples.length > 1 ? ` ${index + 1}` : ''}</h2>\n<div class="code"><pre tabindex="0"><code>${escapeHtml(JSON.stringify(example, null, 2))}</code></pre></div>`).join('\n')}`;
  return { path, title: textOf(schema.title), main };
}

function membersTable(schema: Json): string {
  const properties = isJson(schema.properties) ? Object.entries(schema.properties) : [];
  if (properties.length === 0) {
    return '';
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = properties.map(([name, value]) => {
    const member = isJson(value) ? value : {};
    return `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(typeOf(member))}</td><td>${required.includes(name) ? 'required' : 'optional'}</td><td>${inline(textOf(member.description))}</td></tr>`;
  });
  return `<h2 id="members">Members</h2>
<div class="table" tabindex="0" role="region" aria-label="Members"><table><thead><tr><th>Name</th><th>Type</th><th>Presence</th><th>Meaning</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

function typeOf(member: Json): string {
  if ('const' in member) {
    return JSON.stringify(member.const);
  }
  if (Array.isArray(member.enum)) {
    return member.enum.map((value) => JSON.stringify(value)).join(', ');
  }
  const type = Array.isArray(member.type) ? member.type.join(' or ') : textOf(member.type);
  const bounds = ['minimum', 'maximum', 'pattern', 'maxLength', 'format']
    .filter((keyword) => member[keyword] !== undefined)
    .map((keyword) => `${keyword} ${String(member[keyword])}`);
  return [type || 'any', ...bounds].join(', ');
}

function indexPage(pages: readonly Page[]): Page {
  const path = `${ROOT}/index.html`;
  const list = (group: string) =>
    pages
      .filter((page) => page.path.startsWith(`${ROOT}/${group}/`))
      .map((page) => `<li><a href="${relativeUrl(path, page.path)}">${escapeHtml(page.title)}</a></li>`)
      .join('\n');
  const vectors = readdirSync(packageFile(ROOT, 'vectors'))
    .sort()
    .map((name) => `<li><a href="vectors/${name}"><code>${name}</code></a></li>`);
  const main = `<h1>Schemas</h1>
<p>JSON Schema 2020-12. A violation of a keyword is charged to the requirement that its <code>x-requirement</code> names.</p>
<h2 id="wire">What travels between server and client</h2><ul>${list('wire')}</ul>
<h2 id="kit">What travels inside the kit</h2><ul>${list('kit')}</ul>
<h2 id="vectors">Test vectors</h2>
<p>Language-neutral inputs and expectations for implementers: bytes to events, cursors and headers to decisions, attempts to windows of delay.</p>
<ul>${vectors.join('\n')}</ul>`;
  return { path, title: 'Schemas', main };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Descriptions hold code spans and nothing else. */
function inline(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
