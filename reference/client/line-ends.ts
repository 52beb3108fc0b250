/** Turns every line end into LF as it comes, where `eventsource-parser` would wait for the byte after a CR. */

/**
 * Each call takes the text of one read. A CR at its end counts at once, and the LF that may follow in the next read is
 * dropped. Otherwise the last event of a stream with CR line ends would be held back until one more byte comes, which
 * after a terminal event is never.
 */
// EVENT-015
export function createLineEndMender(): (text: string) => string {
  let skipLineFeed = false;
  return (text) => {
    if (text === '') {
      return text;
    }
    const fresh = skipLineFeed && text.startsWith('\n') ? text.slice(1) : text;
    skipLineFeed = fresh.endsWith('\r');
    // Mostly there is none, and then the text is not copied.
    return fresh.includes('\r') ? fresh.replaceAll(/\r\n?/g, '\n') : fresh;
  };
}
