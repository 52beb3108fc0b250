/** The frame of a page that stands alone: no request, no script, and a policy that forbids both. */

export interface StandalonePage {
  /** HTML, as `header` and `main`. */
  readonly title: string;
  readonly styleSheet: string;
  /** SHA-256 of `styleSheet` in base64: the policy allows this style sheet and nothing else. */
  readonly styleDigest: string;
  readonly header: string;
  readonly main: string;
}

export function renderStandalonePage({ title, styleSheet, styleDigest, header, main }: StandalonePage): string {
  const policy = `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${styleSheet}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
</body>
</html>
`;
}
