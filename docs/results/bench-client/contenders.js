/** Each client, made to read the whole stream and to parse the data of each event. */
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import { createEventSource } from 'eventsource-client';
import { createParser } from 'eventsource-parser';
import { connectStream } from '../../../dist/reference/client/index.js';

const url = 'http://127.0.0.1/stream';

// Made for pages alone: it asks for both.
globalThis.window ??= globalThis;
globalThis.document ??= { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined };

export const contenders = [
  { name: 'eventsource-parser', read: (fetch) => parseAlone(fetch, (data) => data) },
  { name: 'eventsource-parser, JSON parsed', read: (fetch) => parseAlone(fetch, JSON.parse) },
  {
    name: 'resilient-sse',
    read: (fetch) =>
      new Promise((resolve, reject) => {
        let seen = 0;
        connectStream(url, {
          fetch,
          wake: false,
          onEvent: () => {
            seen += 1;
          },
          onState: ({ state, message }) => {
            if (state === 'completed') resolve(seen);
            if (state === 'failed') reject(new Error(message));
          },
        });
      }),
  },
  {
    name: '@microsoft/fetch-event-source',
    async read(fetch) {
      let seen = 0;
      await fetchEventSource(url, {
        fetch,
        openWhenHidden: true,
        onmessage: ({ data }) => {
          JSON.parse(data);
          seen += 1;
        },
        onerror: (error) => {
          throw error;
        },
      });
      return seen;
    },
  },
  {
    name: 'eventsource',
    read: (fetch) =>
      new Promise((resolve) => {
        let seen = 0;
        const source = new EventSource(url, { fetch });
        const take = ({ data }) => {
          JSON.parse(data);
          seen += 1;
        };
        source.addEventListener('content_chunk', take);
        source.addEventListener('complete', (event) => {
          take(event);
          source.close();
          resolve(seen);
        });
      }),
  },
  {
    name: 'eventsource-client',
    read: (fetch) =>
      new Promise((resolve) => {
        let seen = 0;
        const source = createEventSource({
          url,
          fetch,
          onMessage: ({ data, event }) => {
            JSON.parse(data);
            seen += 1;
            if (event === 'complete') {
              source.close();
              resolve(seen);
            }
          },
        });
      }),
  },
];

async function parseAlone(fetch, parse) {
  const { body } = await fetch();
  let seen = 0;
  const parser = createParser({
    onEvent: ({ data }) => {
      parse(data);
      seen += 1;
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
  return seen;
}
