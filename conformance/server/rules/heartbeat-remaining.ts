/** HEARTBEAT-010: whether heartbeats tell the truth about the time that their stream has left. */
import type { RuleBook, Sighting } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import type { WireEvent } from '../../wire/types.js';
import { EVERY_STREAM, type Finding, judgeAll, overStreams, tellsTime } from './rule-shapes.js';
import { capOf } from './stream-counts.js';
import { isAfterTheEnd, type Stream } from './streams.js';

const WITHIN_SECONDS = 1;

function* judgeRemaining(stream: Stream): Iterable<Sighting> {
  const cap = capOf(stream);
  const { created } = stream;
  if (cap === undefined || created === undefined) {
    return;
  }
  for (const part of stream.parts) {
    // What a finished stream has left, the spec does not say.
    if (!tellsTime(part) || isAfterTheEnd(stream, part)) {
      continue;
    }
    const findings: (Finding & { readonly event: WireEvent })[] = [];
    let seen = 0;
    for (const event of part.events('heartbeat')) {
      const remaining = part.json(event)?.remaining_seconds;
      if (typeof remaining !== 'number') {
        continue;
      }
      seen += 1;
      // The stream is at most as old as its first request, at least as old as its first answer was then; arriving late
      // makes a true value look too great, never too small.
      const least = (cap.leastMs - (event.atMs - created.earliestMs) - EARLY_MS) / 1000 - WITHIN_SECONDS;
      const most = (cap.mostMs - (event.atMs - created.latestMs) + LATE_MS) / 1000 + WITHIN_SECONDS;
      if (remaining < least || remaining > Math.max(0, most)) {
        const leftSeconds = Math.max(0, (cap.mostMs - (event.atMs - created.latestMs)) / 1000);
        findings.push({
          expected: `remaining_seconds ${leftSeconds.toFixed(3)}, within ${WITHIN_SECONDS} s and ${LATE_MS} ms of grace`,
          actual: `remaining_seconds ${remaining}`,
          event,
        });
      }
    }
    yield* judgeAll(part, findings, seen > 0);
  }
}

export const heartbeatRemaining = {
  'HEARTBEAT-010': overStreams(
    {
      from: [...EVERY_STREAM, 'cap-reconnect'],
      observes:
        'The `remaining_seconds` of every heartbeat, beside the declared cap and the time since the first request.',
      occasion: 'Give the URL of an endpoint that declares its cap and sends heartbeats.',
      mend: 'Keep the instant of creation with the stream and compute the rest from it for each heartbeat.',
      timed: true,
    },
    judgeRemaining,
  ),
} satisfies RuleBook<'server', 'HEARTBEAT'>;
