/** better-sse: a channel for a broadcast, sessions for streams of their own. */
import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';
import { payload } from '../events.js';

export function create({ mode }) {
  const channel = createChannel();
  const sessions = [];
  const responses = [];
  const server = createServer(async (request, response) => {
    const session = await createSession(request, response);
    session.push(payload(0), 'content_chunk', '0');
    responses.push(response);
    if (mode === 'broadcast') channel.register(session);
    else sessions.push(session);
  });
  return {
    server,
    tick: (round) => {
      if (mode === 'broadcast') {
        channel.broadcast(payload(round), 'content_chunk', { eventId: String(round) });
      } else {
        for (const session of sessions) session.push(payload(round), 'content_chunk', String(round));
      }
    },
    finish: () => {
      for (const response of responses) response.end();
    },
  };
}
