import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.js';
import { context, hostileReport } from './testing/hostile.js';

const xml = renderJunit(hostileReport, context);

/** What xmllint says; throws with its complaint where the document breaks a rule. */
function xmllint(document: string, ...options: string[]): string {
  return execFileSync('xmllint', [...options, '-'], { input: document, encoding: 'utf8', stdio: 'pipe' });
}

function count(path: string): number {
  return Number(xmllint(xml, '--xpath', `count(${path})`));
}

describe('the JUnit report', () => {
  it('is well-formed, whatever the target sent', () => {
    expect(() => xmllint(`${xml}<`, '--noout')).toThrow();
    xmllint(xml, '--noout');
    expect(xml).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\uffff]/u);
  });

  const schema = process.env.JUNIT_XSD ?? '';
  it.runIf(existsSync(schema))('is valid against the schema that was given', () => {
    const broken = xml.replace('<testsuite ', '<testsuite unheard-of="1" ');
    expect(() => xmllint(broken, '--noout', '--schema', schema)).toThrow();
    xmllint(xml, '--noout', '--schema', schema);
  });

  it('has one test case a requirement, and counts that agree with it', () => {
    const suite = '/testsuites/testsuite';
    expect(count(`${suite}/testcase`)).toBe(hostileReport.requirements.length);
    expect(count(`${suite}/testcase/failure`)).toBe(2);
    expect(count(`${suite}/testcase/error`)).toBe(2);
    expect(count(`${suite}/testcase/skipped`)).toBe(5);
    for (const [attribute, path] of [
      ['tests', 'testcase'],
      ['failures', 'testcase/failure'],
      ['errors', 'testcase/error'],
      ['skipped', 'testcase/skipped'],
    ]) {
      expect(Number(xmllint(xml, '--xpath', `string(${suite}/@${attribute})`))).toBe(count(`${suite}/${path}`));
    }
  });

  it('shows a failure with evidence, and a skipped case with its reason', () => {
    const failure = xmllint(xml, '--xpath', 'string(//testcase[starts-with(@name,"HEARTBEAT-001 ")]/failure)');
    expect(failure).toContain('expected: a heartbeat within 1000 ms\nactual: nothing for 2304 ms, then \\x1b]0;owned');
    expect(failure).toContain('<script>alert(1)</script>');
    const skipped = xmllint(xml, '--xpath', 'string(//testcase[starts-with(@name,"END-006 ")]/skipped/@message)');
    expect(skipped).toMatch(/^not observed: Give a URL .*\(accepted\)\s*$/);
    expect(count('//testcase[starts-with(@name,"HTTP-010 ")]/skipped[starts-with(@message,"warn: ")]')).toBe(1);
  });
});
