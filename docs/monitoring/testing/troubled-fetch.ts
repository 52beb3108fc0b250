/** A `fetch` between client and server that troubles the first connection, block by block of the event stream. */

/** What becomes of a block: what goes on in its place, or `cut` the connection, or `hush` it from there on. */
export type Trouble = (block: string, index: number) => readonly string[] | 'cut' | 'hush';

export function troubledFetch(trouble: Trouble): typeof fetch {
  let connections = 0;
  return async (input, init) => {
    const answer = await fetch(input, init);
    connections += 1;
    if (connections > 1 || answer.body === null) return answer;
    const text = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(blocks());
    return new Response(text.pipeThrough(troubles(trouble)).pipeThrough(new TextEncoderStream()), answer);
  };
}

function blocks(): TransformStream<string, string> {
  let rest = '';
  return new TransformStream({
    transform(text, controller) {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) controller.enqueue(`${part}\n\n`);
    },
  });
}

function troubles(trouble: Trouble): TransformStream<string, string> {
  let index = 0;
  let hushed = false;
  return new TransformStream({
    transform(block, controller) {
      const given = hushed ? [] : trouble(block, index);
      index += 1;
      if (given === 'cut') controller.error(new Error('cut'));
      else if (given === 'hush') hushed = true;
      else for (const one of given) controller.enqueue(one);
    },
    // What was hushed does not end either.
    flush: () => (hushed ? new Promise(() => undefined) : undefined),
  });
}
