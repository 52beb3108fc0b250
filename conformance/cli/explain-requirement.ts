/** The work of `conformance explain`: the sentence, why it is there, how it is observed, how to mend a failure. */

import { ruleOf } from '../judge/report.js';
import type { Rule } from '../judge/rule.js';
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
  return `${describe(requirement, await findRule(id), style).join('\n')}\n`;
}

/** The rules are loaded here alone: they are the largest part of the kit. */
async function findRule(id: string): Promise<Rule | undefined> {
  const { serverRuleBook } = await import('../server/rules/index.js');
  const { clientRuleBook } = await import('../client/rules/index.js');
  return ruleOf({ ...serverRuleBook, ...clientRuleBook }, id);
}

function describe(requirement: Requirement, rule: Rule | undefined, style: Style): string[] {
  const { id, title, role, keyword, level, sentence, why, notTestable, chapter, line, since, retired } = requirement;
  const optional = (label: string, text: string | undefined) =>
    text === undefined ? [] : [...labelled(label, text, 2, style), ''];
  return [
    '',
    heading('pass', `${id}  ${title}`, style),
    `${role}, ${keyword}, level ${level}`,
    '',
    ...paragraph(sentence, 2, style, style.paint.bold),
    '',
    ...optional('why', why),
    ...optional('observed', rule?.observes),
    ...optional('occasion', rule?.occasion),
    ...optional('to mend', rule?.mend),
    ...optional('no test', notTestable),
    ...optional('since', since),
    ...optional('retired', retired),
    ...optional('scenarios', rule?.from.join(', ')),
    ...labelled('chapter', `spec/1.0/${chapter}, line ${line}`, 2, style),
  ];
}
