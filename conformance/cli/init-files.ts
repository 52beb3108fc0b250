/** The files that `conformance init` writes. Pure: answers in, paths and texts out. */

interface Common {
  /** Version of the kit that the job uses. */
  readonly version: string;
  readonly level: 'Core' | 'Live' | 'Resume';
  readonly ci: 'github' | 'gitlab' | 'none';
}

export type Answers = Common &
  (
    | { readonly client: string; readonly target?: never; readonly start?: never }
    | {
        readonly target: string;
        /** URLs by the name of the occasion. */
        readonly occasions: Readonly<Record<string, string>>;
        readonly start?: string;
        readonly client?: never;
      }
  );

/** Text by path. */
export function filesFor(answers: Answers): Readonly<Record<string, string>> {
  return { ...configuration(answers), ...job(answers) };
}

function configuration(answers: Answers): Readonly<Record<string, string>> {
  if (answers.client !== undefined) return {};
  const { target: url, occasions, level } = answers;
  const given = Object.keys(occasions).length === 0 ? {} : { occasions };
  return { 'conformance.json': `${JSON.stringify({ url, ...given, level }, null, 2)}\n` };
}

function job(answers: Answers): Readonly<Record<string, string>> {
  switch (answers.ci) {
    case 'github':
      return { '.github/workflows/conformance.yml': githubWorkflow(answers) };
    case 'gitlab':
      return { '.gitlab-ci.yml': gitlabJob(answers) };
    case 'none':
      return {};
  }
}

/** The commands of a job. */
function commandsOf(answers: Answers, reports: readonly string[]): { readonly start?: string; readonly grade: string } {
  const what =
    answers.client === undefined ? '--wait 60' : `--client ${quote(answers.client)} --level ${answers.level}`;
  const given = ['terminal', ...reports].map((report) => ` \\\n  --report ${report}`).join('');
  const grade = `npx --yes resilient-sse@${answers.version} run ${what}${given}`;
  return answers.start === undefined ? { grade } : { start: `${answers.start} &`, grade };
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function githubWorkflow(answers: Answers): string {
  const { start, grade } = commandsOf(answers, [
    'markdown="$GITHUB_STEP_SUMMARY"',
    'html=conformance/report.html',
    'json=conformance/report.json',
  ]);
  const startStep =
    start === undefined
      ? ''
      : `      - name: Start the server
        run: |
          ${start}
`;
  return `name: conformance

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

jobs:
  conformance:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
${startStep}      - name: Grade
        run: |
          ${grade.replaceAll('\n', '\n          ')}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: conformance
          path: conformance
`;
}

function gitlabJob(answers: Answers): string {
  const { start, grade } = commandsOf(answers, ['junit=conformance/report.xml', 'html=conformance/report.html']);
  const lines = [...(start === undefined ? [] : [start]), grade];
  return `conformance:
  image: node:20
  timeout: 15 minutes
  script:
${lines.map((line) => `    - |\n      ${line.replaceAll('\n', '\n      ')}`).join('\n')}
  artifacts:
    when: always
    paths:
      - conformance
    reports:
      junit: conformance/report.xml
`;
}
