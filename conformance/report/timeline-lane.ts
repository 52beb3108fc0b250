/** One connection in a timeline: how long it was open, what arrived when, where it was silent, and how it ended. */
import type { ConnectionView, Ending } from '../evidence/types.js';
import { escapeHtml } from './markup.js';

/** From milliseconds of the scenario to pixels of the picture, kept inside of it. */
export type Scale = (atMs: number) => number;

export const widthPx = 760;
export const marginPx = 14;
/** Width of a letter of the picture's face, on average. */
export const letterPx = 6.2;

export const laneHeightPx = 44;
const barPx = 14;

/** A stretch narrower than this has no room for a word. */
const wordPx = 60;

/** The kinds of marks, each with what the legend calls it; the terminal event is drawn last, above the others. */
export const markKinds = {
  heartbeat: 'heartbeat',
  chunk: 'content chunk',
  other: 'other event',
  terminal: 'terminal event',
} as const;

type MarkKind = keyof typeof markKinds;

/** Times of the events by kind. */
export type Marks = Readonly<Record<MarkKind, readonly number[]>>;

export function marksOf(connection: ConnectionView): Marks {
  const marks: Record<MarkKind, number[]> = { heartbeat: [], chunk: [], other: [], terminal: [] };
  for (const event of connection.events()) {
    marks[kindOf(event.type)].push(event.atMs);
  }
  return marks;
}

function kindOf(type: string): MarkKind {
  if (type === 'content_chunk') return 'chunk';
  if (type === 'complete' || type === 'error') return 'terminal';
  return type === 'heartbeat' ? 'heartbeat' : 'other';
}

/** A stretch of time without what was due. */
interface Gap {
  readonly kind: 'silent' | 'no-heartbeat';
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where nothing at all came for longer than the threshold, or no heartbeat for longer than HEARTBEAT-002 allows. */
function gapsOf(connection: ConnectionView, marks: Marks): readonly Gap[] {
  if (connection.response === null || !connection.isEventStream) return [];
  const { silenceThreshold, heartbeatInterval } = connection.declared;
  const from = connection.response.atMs;
  const to = connection.end.atMs;
  const all = Object.values(marks)
    .flat()
    .sort((one, other) => one - other);
  const silent = stretches([from, ...all, to], silenceThreshold * 1000).map(
    (gap) => ({ kind: 'silent', ...gap }) as const,
  );
  const beats = stretches([from, ...marks.heartbeat, to], heartbeatInterval * 1500 + 500)
    .filter((gap) => !silent.some(({ fromMs, toMs }) => fromMs < gap.toMs && toMs > gap.fromMs))
    .map((gap) => ({ kind: 'no-heartbeat', ...gap }) as const);
  return [...beats, ...silent];
}

function stretches(timesMs: readonly number[], longerThanMs: number): { fromMs: number; toMs: number }[] {
  return timesMs.flatMap((toMs, index) => {
    const fromMs = timesMs[index - 1];
    return fromMs === undefined || toMs - fromMs <= longerThanMs ? [] : [{ fromMs, toMs }];
  });
}

/** SVG of the lane whose middle is at `yPx`; `isAccused` where the finding is about this connection. */
export function drawLane(connection: ConnectionView, yPx: number, scale: Scale, isAccused: boolean): string {
  const marks = marksOf(connection);
  const top = yPx - barPx / 2;
  const startPx = scale(connection.sentAtMs);
  const endPx = scale(connection.end.atMs);
  const openPx = connection.response === null ? endPx : scale(connection.response.atMs);
  return [
    `<path class="wait" d="M${px(startPx)} ${px(yPx)}H${px(openPx)}"/>`,
    connection.response === null
      ? ''
      : `<rect class="open${isAccused ? ' accused' : ''}" x="${px(openPx)}" y="${px(top)}" width="${px(Math.max(1, endPx - openPx))}" height="${barPx}" rx="2"/>`,
    ...gapsOf(connection, marks).map((gap) => drawGap(gap, top, scale)),
    ...drawMarks(marks, yPx, scale),
    drawEnd(connection.end, endPx, yPx),
    drawTitle(titleOf(connection), startPx, top - 5),
  ].join('');
}

/** Begins with the lane; what would leave the picture ends with it. */
function drawTitle(title: string, x: number, y: number): string {
  const isLate = x + title.length * letterPx > widthPx - marginPx;
  const place = isLate ? `class="late" x="${widthPx - marginPx}"` : `x="${px(x)}"`;
  return `<text ${place} y="${px(y)}">${escapeHtml(title)}</text>`;
}

function drawGap({ kind, fromMs, toMs }: Gap, top: number, scale: Scale): string {
  const x = scale(fromMs);
  const width = scale(toMs) - x;
  const word = kind === 'silent' ? 'silent' : 'no heartbeat';
  const seconds = `${((toMs - fromMs) / 1000).toFixed(1)} s`;
  const text =
    width < wordPx
      ? ''
      : `<text class="inside" x="${px(x + width / 2)}" y="${px(top + barPx - 4)}">${width < 2 * wordPx ? seconds : `${seconds} ${word}`}</text>`;
  return `<rect class="${kind}" x="${px(x)}" y="${px(top)}" width="${px(width)}" height="${barPx}"/>${text}`;
}

/** One path a kind; what falls on the same pixel is drawn once, so that a flood stays a small picture. */
function drawMarks(marks: Marks, yPx: number, scale: Scale): string[] {
  return Object.entries(marks).flatMap(([kind, timesMs]) => {
    const columns = [...new Set(timesMs.map((atMs) => Math.round(scale(atMs))))];
    if (columns.length === 0) return [];
    return [`<path class="${kind}" d="${columns.map((x) => shapeOf(kind, x, yPx)).join('')}"/>`];
  });
}

/** Shapes differ, so that nothing hangs on colours alone. */
export function shapeOf(kind: string, x: number, y: number): string {
  switch (kind) {
    case 'heartbeat':
      return `M${px(x)} ${px(y - 5)}l4 5l-4 5l-4 -5z`;
    case 'chunk':
      return `M${px(x)} ${px(y - 6)}v12`;
    case 'terminal':
      return `M${px(x - 4)} ${px(y - 5)}h9v10h-9z`;
    default:
      return `M${px(x - 3)} ${px(y)}h6M${px(x)} ${px(y - 3)}v6`;
  }
}

/** A bar where it ended as HTTP has it, a cross where it was cut. */
function drawEnd({ kind }: Ending, x: number, y: number): string {
  const isWhole = kind === 'eof';
  const shape = isWhole
    ? `M${px(x)} ${px(y - 11)}v22`
    : `M${px(x - 5)} ${px(y - 5)}l10 10M${px(x - 5)} ${px(y + 5)}l10 -10`;
  return `<path class="${isWhole ? 'whole' : 'cut'}" d="${shape}"/>`;
}

/** Label, how it was asked for, the status, and who ended it. */
function titleOf(connection: ConnectionView): string {
  const { label, end, response } = connection;
  const cursor = cursorOf(connection);
  const parts = [
    label.slice(0, 40),
    ...(cursor === undefined ? [] : [`resumes after ${cursor.slice(0, 20)}`]),
    response === null ? 'no answer' : String(response.status),
    end.by === 'kit' ? `${end.kind} by the kit` : end.kind,
  ];
  return parts.join(' · ');
}

function cursorOf(connection: ConnectionView): string | undefined {
  const header = connection.requestHeader('last-event-id');
  if (header !== undefined && header !== '') return header;
  const [, query] = /[?&]last_event_id=([^&#]*)/.exec(connection.request.url) ?? [];
  return query === '' ? undefined : query;
}

export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
