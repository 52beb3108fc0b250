/** Text from the bytes of a connection, in pieces as they come. */

/** Below it a byte is a character of its own. */
const NOT_ASCII = 0x80;

/**
 * Each call takes one read. Mostly it ends with an ASCII character, a line feed: then nothing is left over, and the
 * decoder need not keep a state, which makes it several times as fast in Node.
 */
export function createUtf8Reader(): (bytes: Uint8Array) => string {
  const whole = new TextDecoder('utf-8', { ignoreBOM: true });
  let partial: TextDecoder | undefined;
  let begun = false;
  return (bytes) => {
    const endsWhole = (bytes.at(-1) ?? NOT_ASCII) < NOT_ASCII;
    let text: string;
    if (endsWhole && partial === undefined) {
      text = whole.decode(bytes);
    } else {
      partial ??= new TextDecoder('utf-8', { ignoreBOM: true });
      text = partial.decode(bytes, { stream: !endsWhole });
      partial = endsWhole ? undefined : partial;
    }
    if (begun || text === '') {
      return text;
    }
    begun = true;
    // EVENT-016: one byte order mark, at the start.
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  };
}
