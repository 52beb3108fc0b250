/** The style sheet of the HTML report, and its digest: the policy of the page allows this one and nothing else. */
import { verdictOrder } from './describe.js';

/** What can be chosen; the style sheet has a rule for each, because a page without script cannot compare. */
export const filterable = {
  level: ['Core', 'Live', 'Resume', 'Operations'],
  area: ['EVENT', 'HTTP', 'END', 'TRACE', 'HEARTBEAT', 'CAP', 'STATE', 'ID', 'REPLAY', 'RETRY', 'DEDUPE', 'OPS'],
} as const;

/** Colours and the head of a page; the index of a fleet has them too. */
export const frame = `
:root{color-scheme:light dark;--text:#1c2430;--soft:#566173;--ground:#fff;--panel:#f4f6f9;--line:#d7dde6;--link:#0b5d8a;--good:#1b6e46;--bad:#a32222;--weak:#7a4a00;--unseen:#0b5d8a;--on:#fff}
@media (prefers-color-scheme:dark){:root{--text:#dfe5ee;--soft:#9aa6b8;--ground:#12161d;--panel:#1a2029;--line:#303947;--link:#7cc4f0;--good:#7bd6a4;--bad:#ff9b9b;--weak:#f0bd6c;--unseen:#7cc4f0;--on:#12161d}}
*{box-sizing:border-box}
body{overflow-wrap:anywhere;margin:0 auto;max-width:62rem;padding:1.5rem 1rem 4rem;color:var(--text);background:var(--ground);font:1rem/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.4rem 0}
a{color:var(--link);text-underline-offset:.15em}
code,pre,.target{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.9em}
.target,.soft{color:var(--soft)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.top{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 1.25rem;align-items:center}
.grade{display:grid;place-items:center;width:5.5rem;height:5.5rem;border-radius:1rem;color:var(--on);background:var(--weak);font-size:2.75rem;font-weight:700;line-height:1}
.grade.good{background:var(--good)}
.grade.bad{background:var(--bad)}
.levels{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;padding:0;margin:1.5rem 0 0;list-style:none}
.levels li{padding:.75rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:var(--panel)}
.levels b{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 .5rem}
.levels .met{color:var(--good)}
.levels .unmet{color:var(--bad)}
meter{display:block;width:100%;height:.6rem;margin:.4rem 0 .2rem}
`;

const filters = `
.filters{margin:2rem 0 1rem;padding:.5rem 1rem .9rem;border:1px solid var(--line);border-radius:.6rem;background:var(--panel)}
fieldset{min-width:0;display:flex;flex-wrap:wrap;gap:.4rem;border:0;padding:0;margin:.7rem 0 0}
legend{padding:0;margin-bottom:.25rem;font-size:.85rem;color:var(--soft)}
.chip{position:relative}
.chip input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.chip span{display:block;padding:.2rem .7rem;border:1px solid var(--soft);border-radius:1rem;font-size:.875rem;background:var(--ground)}
.chip input:checked+span{color:var(--on);background:var(--link);border-color:var(--link)}
.chip input:focus-visible+span{outline:3px solid var(--link);outline-offset:2px}
`;

const rows = `
.row{margin:.5rem 0;border:1px solid var(--line);border-left:.3rem solid var(--soft);border-radius:.4rem;break-inside:avoid-page}
.row summary{display:grid;grid-template-columns:8rem 8.5rem 1fr auto;gap:.25rem .75rem;align-items:baseline;padding:.5rem .75rem;cursor:pointer;list-style:none}
.row summary::-webkit-details-marker{display:none}
.row summary:hover{background:var(--panel)}
.word{font-size:.875rem;font-weight:600;color:var(--soft)}
.word::before{content:"\\25b8" / "";display:inline-block;width:1.1em}
.row[open] .word::before{content:"\\25be" / ""}
.id{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.875rem;white-space:nowrap}
.kind{font-size:.8125rem;color:var(--soft);text-align:right}
.row .inside{padding:0 .75rem .6rem}
blockquote{margin:.3rem 0 .6rem;padding-left:.75rem;border-left:.2rem solid var(--line)}
dl{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:.15rem .75rem;margin:.6rem 0;padding:.6rem .75rem;border-radius:.4rem;background:var(--panel)}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0}
dd pre{margin:0;max-height:16rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}
[data-verdict=pass]{border-left-color:var(--good)}[data-verdict=pass] .word{color:var(--good)}
[data-verdict=fail],[data-verdict=kit-error]{border-left-color:var(--bad)}[data-verdict=fail] .word,[data-verdict=kit-error] .word{color:var(--bad)}
[data-verdict=warn],[data-verdict=inconclusive]{border-left-color:var(--weak)}[data-verdict=warn] .word,[data-verdict=inconclusive] .word{color:var(--weak)}
[data-verdict=not-observed]{border-left-color:var(--unseen)}[data-verdict=not-observed] .word{color:var(--unseen)}
`;

const timelines = `
.timeline{margin:.6rem 0;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.4rem}
.timeline div{overflow-x:auto}
.timeline svg{display:block;width:100%;min-width:40rem}
.timeline figcaption{margin-top:.3rem;font-size:.8125rem;color:var(--soft)}
.timeline text{font-size:11px;fill:var(--text);stroke:var(--ground);stroke-width:3px;paint-order:stroke}
.timeline .tick{text-anchor:middle;fill:var(--soft)}
.timeline .inside{text-anchor:middle;stroke:none}
.timeline .late{text-anchor:end}
.timeline .grid{stroke:var(--line)}
.timeline .wait{stroke:var(--soft);stroke-dasharray:3 3}
.timeline .open{fill:var(--panel);stroke:var(--soft)}
.timeline .open.accused{stroke:var(--text);stroke-width:1.5}
.timeline .silent{fill:var(--bad);fill-opacity:.3}
.timeline .no-heartbeat{fill:var(--weak);fill-opacity:.25}
.timeline .heartbeat{fill:var(--good)}
.timeline .chunk{stroke:var(--link);stroke-width:1.5}
.timeline .other{stroke:var(--soft);stroke-width:1.5}
.timeline .terminal{fill:var(--text)}
.timeline .whole,.timeline .cut{stroke:var(--text);stroke-width:2;fill:none}
.timeline .cut{stroke:var(--bad)}
.timeline .cap{stroke:var(--weak);stroke-width:1.5;stroke-dasharray:6 3}
.timeline .place{fill:var(--bad)}
.timeline .line{stroke:var(--bad);stroke-opacity:.6}
`;

const media = `
@media (max-width:40rem){
.top{align-items:start}
.grade{width:4rem;height:4rem;font-size:2rem}
.levels{grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}
.levels li{padding:.6rem .75rem}
.levels b{font-size:.875rem}
.row summary{grid-template-columns:1fr auto}
.row .title{grid-column:1/-1;grid-row:2}
.row .kind{grid-column:1/-1;grid-row:3;text-align:left}
.row .id{text-align:right}
dl{grid-template-columns:minmax(0,1fr)}
}
@media print{
:root{color-scheme:light;--text:#000;--soft:#444;--ground:#fff;--panel:#fff;--line:#bbb;--link:#000;--good:#1b6e46;--bad:#a32222;--weak:#7a4a00;--unseen:#0b5d8a;--on:#fff}
body{max-width:none;padding:0;font-size:10pt}
.filters{display:none}
.grade{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.row::details-content{content-visibility:visible;block-size:auto}
dd pre{max-height:none}
.timeline svg{min-width:0}
.timeline{break-inside:avoid}
}
`;

const choices = [
  ...verdictOrder.map((verdict) => ['verdict', verdict] as const),
  ...filterable.level.map((level) => ['level', level] as const),
  ...filterable.area.map((area) => ['area', area] as const),
].map(([kind, value]) => `body:has(#${kind}-${value}:checked) .row:not([data-${kind}=${value}]){display:none}`);

export const styleSheet = `${frame}${filters}${rows}${timelines}${media}${choices.join('\n')}\n`;

/** SHA-256 of `styleSheet` in base64. A renderer computes no digest; its test does, and tells the new one. */
export const styleDigest = 'jBvTeGrenJi7VJm8N0G414BitEcyLZlc+hFHEY8l0Rg=';
