/** The event that every contender sends: about 150 bytes on the wire, like a few words of an answer. */
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
export const content = 'and the story goes on from there word for '.padEnd(43, '.');

export const payload = (seq) => ({ content, trace_id: traceId, seq });

/** The whole event, as bytes that were made beforehand. */
export const serialised = Buffer.from(`event: content_chunk\nid: 1000\ndata: ${JSON.stringify(payload(1000))}\n\n`);
