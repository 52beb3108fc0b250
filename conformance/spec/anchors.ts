/** The fragments that headings give: as GitHub makes them, and the bare requirement id, in lower case too, that the site adds. */

/** The fragment of a heading: lower case, punctuation dropped, spaces as hyphens. */
function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** Fragments of one document's headings in order; a repeated one gets `-1`, `-2`, … */
export function slugsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** All fragments that a link to this document may name. */
export function anchorsOf(headings: readonly string[]): Set<string> {
  const ids = headings.flatMap((heading) => /^[A-Z]+-\d{3}(?= |$)/.exec(heading.trim())?.[0] ?? []);
  return new Set([...slugsOf(headings), ...ids, ...ids.map((id) => id.toLowerCase())]);
}
