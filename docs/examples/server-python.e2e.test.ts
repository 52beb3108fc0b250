import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { gradeServer } from '../../conformance/run/grade-server.js';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { needs, programPath } from '../../scripts/testing/needs.js';

const need = needs('python3');
const ARGS = ['--port', '0', '--heartbeat', '0.2', '--silence', '0.6', '--cap', '3', '--delay', '0.05'];

it.skipIf(!need.met)(
  `the server in Python, written from the spec alone, is graded A${need.met ? '' : ` (${need.skip})`}`,
  async () => {
    const server = spawn(programPath('python3'), [packageFile('docs/examples/server-python.py'), ...ARGS]);
    try {
      const [url]: string[] = await once(createInterface({ input: server.stdout }), 'line');
      const of = (query: string) => (url ?? '').replace('query=tides', `query=${query}`);
      const { report } = await gradeServer({
        target: {
          url: url ?? '',
          occasions: {
            cap: of('endless'),
            error: of('failing'),
            evicted: of('evicting'),
            long: of('long'),
            conflict: of('rivers'),
            create: of('tides').replace('/stream?', '/streams?'),
          },
          headers: [],
          choosesStreamId: true,
        },
        spec: '1.0',
        level: 'Resume',
        only: [],
        strict: false,
        acceptUnobserved: [],
        concurrency: 8,
        quick: false,
      });
      const held = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
      expect(held.map(({ id, evidence }) => [id, evidence[0]])).toEqual([]);
      expect(report.grade).toMatch(/^A\+?$/);
    } finally {
      server.kill();
    }
  },
  60_000,
);
