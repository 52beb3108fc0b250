/** The page that a person opens to see the URLs of all scenarios. */

export interface ScenarioLink {
  readonly name: string;
  readonly does: string;
  readonly url: string;
}

export function indexPage(links: readonly ScenarioLink[]): string {
  const rows = links.map(
    ({ name, does, url }) =>
      `<tr><td><a href="${escaped(url)}">${escaped(name)}</a></td><td>${escaped(does)}</td><td><code>${escaped(url)}</code></td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Client scenarios</title></head>
<body><h1>Client scenarios</h1>
<p>Point a client at each of these URLs once. The run ends when every one was visited and has come to rest.</p>
<table>
${rows.join('\n')}
</table></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
