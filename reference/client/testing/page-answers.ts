/** The client as a page has it: answers for a scripted server that serve a page and the bundled client. */
import { build } from 'esbuild';
import type { Answer } from './scripted-server.js';

/** A script of the client for pages: `client.connectStream(…)`. */
export async function bundleClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../index.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'client',
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Answers with a page that runs this script. */
export function page(script: string): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><title>client</title><script>${script.replaceAll('</script', '<\\/script')}</script>`);
  };
}
