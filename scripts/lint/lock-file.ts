/** What must hold of `package-lock.json` so that `npm ci` works anywhere. Pure. */

/** One line a fault: what was found, what to do. */
export function lockFileFaults(lock: unknown): string[] {
  if (!isRecord(lock) || !isRecord(lock.packages)) return ['package-lock.json has no packages: run "npm install"'];
  const entries = Object.entries(lock.packages);
  const names = new Set(
    entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  return entries.flatMap(([path, entry]) => {
    if (!isRecord(entry)) return [`${path}: not an object`];
    const resolved = 'resolved' in entry ? [`${path} names the host it came from: remove its "resolved"`] : [];
    const missing = Object.keys(isRecord(entry.optionalDependencies) ? entry.optionalDependencies : {})
      .filter((name) => !names.has(name))
      .map((name) => `${path} may need ${name}, which is not locked: "npm ci" will refuse; add its entry`);
    return [...resolved, ...missing];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
