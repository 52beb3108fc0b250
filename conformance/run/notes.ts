/** What a reader of the report must know of the way in which a server was asked. */
import type { Transcript } from '../evidence/types.js';
import type { ServerTarget } from './types.js';

export function notesOnTarget(target: ServerTarget, transcripts: readonly Transcript[]): readonly string[] {
  const { connect = {} } = target;
  const notes: string[] = [];
  if (connect.insecure === true) {
    notes.push('INSECURE: any certificate was accepted (--insecure). Nothing here says who answered.');
  }
  if (connect.socketPath !== undefined) {
    notes.push('Every request went to a unix socket.');
  }
  if (connect.http2 === true) {
    notes.push('Every request went over HTTP/2.');
  }
  const limited = transcripts.flatMap(({ scenario, connections }) =>
    connections.flatMap(({ end }) =>
      end.by === 'kit' && end.kind === 'limit' ? [`${scenario}: ${end.detail ?? ''}`] : [],
    ),
  );
  if (limited[0] !== undefined) {
    notes.push(`The kit cut ${limited.length} connections that reached one of its limits (${limited[0]}).`);
  }
  const refused = refusalOfStreamId(target, transcripts);
  if (refused !== undefined) {
    notes.push(
      `The target answered ${refused} to a URL with the parameter stream_id that the kit added. If it refuses parameters that it does not know, use --no-stream-id, or put {stream_id} into the URL where it belongs.`,
    );
  }
  return notes;
}

/** The status with which every stream was refused for which the kit had added a `stream_id`. */
function refusalOfStreamId(
  { url, choosesStreamId }: ServerTarget,
  transcripts: readonly Transcript[],
): number | undefined {
  if (!choosesStreamId || /\{stream_id\}|%7Bstream_id%7D/i.test(url)) {
    return undefined;
  }
  const first = transcripts.find(({ scenario }) => scenario === 'read-through')?.connections[0]?.response;
  const isRefusal = first !== undefined && first !== null && [400, 404, 409, 414, 422].includes(first.status);
  return isRefusal ? first.status : undefined;
}
