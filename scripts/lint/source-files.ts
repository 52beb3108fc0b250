/** House rules on source files that no linter knows. Pure. */

/** One line a fault. `path` is relative to the root, with forward slashes. */
export function sourceFileFaults(path: string, text: string): string[] {
  const faults: string[] = [];
  const start = text.replace(/^#!.*\n/, '');
  if (!/\.test\.tsx?$/.test(path) && !start.startsWith('/**')) {
    faults.push(`${path}: open the module with one sentence in /** … */ on what it is for`);
  }
  if (/(?:^|\/)(?:utils?|helpers?|misc|common)(?:\/|\.tsx?$)/.test(path)) {
    faults.push(`${path}: name it after what it holds`);
  }
  return faults;
}
