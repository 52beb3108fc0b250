/** A picture of a scenario's connections over time, with the places of a finding: inline SVG. */
import type { ConnectionView, Evidence, ScenarioView } from '../evidence/types.js';
import { escapeHtml } from './markup.js';
import type { ReportedEvidence } from './renderer.js';
import {
  drawLane,
  laneHeightPx,
  letterPx,
  marginPx,
  markKinds,
  marksOf,
  px,
  type Scale,
  shapeOf,
  widthPx,
} from './timeline-lane.js';

const topPx = 26;
const axisPx = 24;
const legendPx = 22;

/** More lanes tell no more; those that the finding names always have one. */
const lanesAtMost = 6;

/** About so many numbers on the axis. */
const ticksWanted = 8;

/** Pictures of what the pieces of evidence are about, one a scenario; none where its transcript is not at hand. */
export function drawTimelines(pieces: readonly ReportedEvidence[], evidence: Evidence | undefined): string {
  const names = [...new Set(pieces.map(({ scenario }) => scenario))];
  return names
    .map((name) => {
      const scenario = evidence?.scenario(name);
      const own = pieces.filter((piece) => piece.scenario === name);
      return scenario === undefined || scenario.connections.length === 0 ? '' : drawScenario(scenario, own);
    })
    .join('');
}

function drawScenario(scenario: ScenarioView, pieces: readonly ReportedEvidence[]): string {
  const accused = new Set(pieces.map(({ connection }) => connection));
  const lanes = lanesOf(scenario, accused);
  const places = [...new Set(pieces.flatMap(({ atMs }) => atMs ?? []))];
  const fromMs = Math.min(...lanes.map(({ sentAtMs }) => sentAtMs));
  const toMs = Math.max(...lanes.map(({ end }) => end.atMs), ...places, fromMs + 1);
  const scale: Scale = (atMs) => {
    const share = (atMs - fromMs) / (toMs - fromMs);
    return marginPx + Math.min(1, Math.max(0, share)) * (widthPx - 2 * marginPx);
  };
  const bottom = topPx + lanes.length * laneHeightPx;
  const middleOf = (index: number): number => topPx + index * laneHeightPx + laneHeightPx / 2 + 4;
  const more = scenario.connections.length - lanes.length;
  const parts = [
    ...axis(fromMs, toMs, bottom, scale),
    capLine(lanes, toMs, bottom, scale),
    ...placeMarks(places, bottom, scale),
    ...lanes.map((lane, index) => drawLane(lane, middleOf(index), scale, accused.has(lane.label))),
    legend(lanes, bottom + axisPx + 14),
  ];
  const height = bottom + axisPx + legendPx;
  const caption = `Scenario ${scenario.scenario}${more > 0 ? `, ${more} more connections not drawn` : ''}`;
  return `<figure class="timeline"><div tabindex="0" role="group" aria-label="${escapeHtml(`Timeline, ${caption}`)}"><svg viewBox="0 0 ${widthPx} ${px(height)}" role="img" aria-label="${escapeHtml(describe(scenario, lanes, places))}">${parts.join('')}</svg></div><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** In their order: those that are accused, and the first of the others as long as there is room. */
function lanesOf({ connections }: ScenarioView, accused: ReadonlySet<string | undefined>): readonly ConnectionView[] {
  const named = connections.filter(({ label }) => accused.has(label)).slice(0, lanesAtMost);
  const others = connections.filter((one) => !named.includes(one)).slice(0, lanesAtMost - named.length);
  return connections.filter((one) => named.includes(one) || others.includes(one));
}

function axis(fromMs: number, toMs: number, bottom: number, scale: Scale): string[] {
  const stepMs = stepOf((toMs - fromMs) / ticksWanted);
  const ticks: string[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) {
    const x = px(scale(atMs));
    ticks.push(`<path class="grid" d="M${x} ${topPx}V${px(bottom + 4)}"/>`);
    ticks.push(`<text class="tick" x="${x}" y="${px(bottom + 16)}">${Math.round(atMs) / 1000} s</text>`);
  }
  return ticks;
}

/** 1, 2 or 5 times a power of ten. */
function stepOf(leastMs: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, leastMs)));
  return power * ([1, 2, 5].find((factor) => factor * power >= leastMs) ?? 10);
}

/** The cap counts from the creation of the stream, which is the first request of most scenarios. */
function capLine(lanes: readonly ConnectionView[], toMs: number, bottom: number, scale: Scale): string {
  const first = lanes.find(({ isEventStream }) => isEventStream);
  if (first === undefined || first.declared.declaredBy.maxSeconds === 'default') return '';
  const atMs = first.sentAtMs + first.declared.maxSeconds * 1000;
  if (atMs > toMs) return '';
  const x = px(scale(atMs));
  return `<path class="cap" d="M${x} ${topPx}V${px(bottom)}"/><text class="tick" x="${x}" y="${topPx - 4}">cap ${first.declared.maxSeconds} s</text>`;
}

function placeMarks(places: readonly number[], bottom: number, scale: Scale): string[] {
  return [...new Set(places.map((atMs) => px(scale(atMs))))].map(
    (x) =>
      `<path class="line" d="M${x} ${topPx - 2}V${px(bottom)}"/><path class="place" d="M${x} ${topPx - 2}l-5 -8h10z"/>`,
  );
}

function legend(lanes: readonly ConnectionView[], yPx: number): string {
  const marks = lanes.map(marksOf);
  const kinds = Object.entries(markKinds).filter(([kind]) =>
    marks.some((of) => Object.entries(of).some(([name, times]) => name === kind && times.length > 0)),
  );
  let x = marginPx + 4;
  const items = kinds.map(([kind, word]) => {
    const item = `<path class="${kind}" d="${shapeOf(kind, x, yPx)}"/><text x="${px(x + 10)}" y="${px(yPx + 4)}">${word}</text>`;
    x += 30 + word.length * letterPx;
    return item;
  });
  const place = `<path class="place" d="M${px(x)} ${px(yPx - 3)}l-5 -8h10z" transform="translate(0 7)"/><text x="${px(x + 10)}" y="${px(yPx + 4)}">place of the finding</text>`;
  return `${items.join('')}${place}`;
}

/** The same in words, for those who do not see the picture. */
function describe(scenario: ScenarioView, lanes: readonly ConnectionView[], places: readonly number[]): string {
  const seconds = (atMs: number): string => `${(atMs / 1000).toFixed(3)} s`;
  const sentences = lanes.map((lane) => {
    const { heartbeat, chunk, terminal } = marksOf(lane);
    const counts = `${heartbeat.length} heartbeats, ${chunk.length} content chunks, ${terminal.length} terminal events`;
    return `${lane.label}: from ${seconds(lane.sentAtMs)} to ${seconds(lane.end.atMs)}, ${counts}, ended ${lane.end.kind}.`;
  });
  const found = places.length === 0 ? '' : ` The finding is at ${places.map(seconds).join(', ')}.`;
  return `Scenario ${scenario.scenario.slice(0, 64)}. ${sentences.join(' ')}${found}`;
}
