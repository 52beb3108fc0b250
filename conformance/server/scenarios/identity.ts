/** Sends malformed trace ids and stream ids, and asks for a stream with the wrong credentials. */
import { BRIEF_MS, glance, opensStream, untilIds } from './reading.js';
import type { OpenOptions, Scenario, Visit } from './scenario.js';

const HOSTILE_TRACE_IDS: readonly string[] = ['kit trace <script>alert(1)</script>', 'kit-träce-ÿ'];

export const traceHostile: Scenario = {
  name: 'trace-hostile',
  does: 'sends trace ids with spaces, markup and bytes outside ASCII',
  occasion: 'stream',
  connections: 2,
  lasts: 'short',
  async run(stage) {
    await Promise.all(
      HOSTILE_TRACE_IDS.map((value, index) => {
        const label = `hostile-${index + 1}`;
        stage.note(label, value);
        return glance(stage, { label, headers: { 'X-Trace-ID': value }, streamId: stage.freshStreamId() });
      }),
    );
  },
};

/** No line feed: a server that puts ids into a header unseen dies of it, and then nothing else can be looked at. */
const MALFORMED_STREAM_IDS: readonly string[] = ['a b', 'a/b', 'a'.repeat(129), 'ü', ''];

export const badStreamId: Scenario = {
  name: 'bad-stream-id',
  does: 'asks for streams whose ids are malformed',
  occasion: 'stream',
  connections: 1,
  lasts: 'short',
  async run(stage) {
    if (!stage.choosesStreamId) {
      return;
    }
    for (const [index, streamId] of MALFORMED_STREAM_IDS.entries()) {
      const label = `bad-${index + 1}`;
      stage.note(label, streamId);
      await glance(stage, { label, streamId });
    }
  },
};

const AGE_MS = 300;

/** Every character that an id may have. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-';

export const oddStreamId: Scenario = {
  name: 'odd-stream-id',
  does: 'asks for two streams with ids of every character and the greatest length, which differ in case alone',
  occasion: 'stream',
  connections: 2,
  lasts: 'short',
  async run(stage) {
    const fresh = stage.freshStreamId();
    if (fresh === null) {
      return;
    }
    const tail = `x${fresh.replaceAll('-', '')}`;
    const streamId = `${ALPHABET}${'.'.repeat(128 - ALPHABET.length - tail.length)}${tail}`;
    const first = stage.open({ label: 'odd-1', streamId, timeoutMs: BRIEF_MS });
    if (opensStream(await first.response)) {
      await first.until(() => true);
      // By then the first stream is older than any that begins.
      await stage.pause(AGE_MS);
      await glance(stage, { label: 'odd-2', streamId: streamId.replace(tail, tail.toUpperCase()) });
      await first.close();
    }
    await first.ended;
  },
};

export const authorization: Scenario = {
  name: 'authorization',
  does: 'asks for a stream without credentials and with those of another principal',
  occasion: 'stream',
  requires: 'credentials',
  connections: 2,
  lasts: 'short',
  async run(stage) {
    const first = stage.open({ label: 'first' });
    if ((await untilIds(first, 2)) !== undefined) {
      await stage.identified();
      const refused: readonly OpenOptions[] = [
        // Whether a creation needs credentials at all.
        { label: 'create-without', credentials: 'none', streamId: stage.freshStreamId() },
        { label: 'without', credentials: 'none' },
        { label: 'without-resume', credentials: 'none', cursorHeader: '1' },
        { label: 'without-cancel', method: 'DELETE', credentials: 'none' },
        // A request without a cursor may begin a stream of their own under the same id: it comes last.
        { label: 'other-resume', credentials: 'other', cursorHeader: '1' },
        { label: 'other-cancel', method: 'DELETE', credentials: 'other' },
        { label: 'other-fresh', credentials: 'other', streamId: stage.freshStreamId() },
        { label: 'other', credentials: 'other' },
      ];
      for (const options of refused.filter(({ credentials }) => credentials !== 'other' || stage.hasOtherCredentials)) {
        await glance(stage, { ...options });
      }
    }
    await first.close();
  },
};

const QUICK_CREATIONS = 10;

export const limit: Scenario = {
  name: 'limit',
  does: `creates ${QUICK_CREATIONS} streams at once`,
  occasion: 'limit',
  connections: QUICK_CREATIONS,
  lasts: 'short',
  async run(stage) {
    const ask = async (visit: Visit): Promise<void> => {
      if (opensStream(await visit.response)) {
        await visit.close();
      }
      await visit.ended;
    };
    await Promise.all(
      Array.from({ length: QUICK_CREATIONS }, (_, index) =>
        ask(
          stage.open({
            label: `limit-${index + 1}`,
            streamId: stage.freshStreamId(),
            timeoutMs: BRIEF_MS,
          }),
        ),
      ),
    );
  },
};
