/** The stream that every client reads: 9,999 pieces of content and their end, as a network would cut them. */

export const EVENTS = 10_000;
/** What a read of a socket mostly brings. */
const READ_BYTES = 16 * 1024;

const blocks = Array.from({ length: EVENTS }, (_, index) => {
  const id = index + 1;
  return id === EVENTS
    ? `id: ${id}\nevent: complete\ndata: {"reason":"done","trace_id":"9f2c41d07be84a5fb6120c3d8e7a95f4"}\n\n`
    : `id: ${id}\nevent: content_chunk\ndata: {"content":"word${id} ","trace_id":"9f2c41d07be84a5fb6120c3d8e7a95f4"}\n\n`;
});
const bytes = new TextEncoder().encode(blocks.join(''));

/** A `fetch` that answers from memory. */
export const memoryFetch = async () => {
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(bytes.slice(at, at + READ_BYTES));
      at += READ_BYTES;
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
};
