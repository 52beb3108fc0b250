/** The work of `conformance explain`: the sentence, why it is there, how it is observed, how to mend a failure. */
import { KitError } from '../kit-error.js';
import { heading, labelled, paragraph, type Style, styleFor } from '../report/terminal-style.js';
import { readRequirements } from '../spec/read-spec.js';
import type { Requirement } from '../spec/requirement.js';
import { checkNames } from './requirement-names.js';
import { factsOf } from './terminal-facts.js';

/** The text to print. Throws `KitError` (`usage`) for an unknown id. */
export async function explainRequirement(given: string, version: string): Promise<string> {
  const id = given.trim().toUpperCase();
  const all = readRequirements(version);
  if (id === '') throw new KitError('usage', 'explain: expected an id such as HEARTBEAT-001, got an empty one');
  checkNames('explain', [id], all);
  const requirement = all.find((candidate) => candidate.id === id);
  if (requirement === undefined) {
    throw new KitError(
      'usage',
      `explain: expected an id such as ${id}-001, got an area; conformance list --area ${id}`,
    );
  }
  const style = styleFor({ ...factsOf(process.stdout, process.env), verbose: true });
  return `${describe(requirement, style).join('\n')}\n`;
}

function describe(requirement: Requirement, style: Style): string[] {
  const { id, title, role, keyword, level, sentence, why, notTestable, chapter, line, since, retired } = requirement;
  const optional = (label: string, text: string | undefined) =>
    text === undefined ? [] : labelled(label, text, 2, style);
  return [
    heading('pass', `${id}  ${title}`, style),
    `${role}, ${keyword}, level ${level}`,
    '',
    ...paragraph(sentence, 2, style, style.paint.bold),
    '',
    ...optional('why', why),
    ...optional('untestable', notTestable),
    ...optional('since', since),
    ...optional('retired', retired),
    ...labelled('chapter', `spec/1.0/${chapter}, line ${line}`, 2, style),
  ];
}
