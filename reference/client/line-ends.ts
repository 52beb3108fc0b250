/** Lets a CR at the end of a read end its line at once, where `eventsource-parser` would wait for the byte after it. */

/**
 * Turns a trailing CR into LF and drops the LF that may follow in the next read. Otherwise the last event of a stream
 * with CR line ends would be held back until one more byte comes, which after a terminal event is never.
 */
export function createLineEndMender(): (text: string) => string {
  let skipLineFeed = false;
  // EVENT-015
  return (text) => {
    if (text === '') {
      return text;
    }
    const start = skipLineFeed && text.startsWith('\n') ? 1 : 0;
    skipLineFeed = text.endsWith('\r') && start < text.length;
    return skipLineFeed ? `${text.slice(start, -1)}\n` : text.slice(start);
  };
}
