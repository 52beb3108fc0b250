/** The style sheet of a fleet's index, and its digest: the policy of the page allows this one and nothing else. */
import { frame } from './html-style.js';

const table = `
.grade{display:flex;justify-content:center;font-variant-numeric:tabular-nums}
.grade small{font-size:.45em;font-weight:400}
table{width:100%;margin-top:1.5rem;border-collapse:collapse}
th{padding:.4rem .75rem;white-space:nowrap;text-align:left;font-size:.875rem;font-weight:600;color:var(--soft)}
td{padding:.6rem .75rem;border-top:1px solid var(--line);vertical-align:top}
.letter{font-size:1.25rem;font-weight:700;white-space:nowrap;color:var(--weak)}
[data-code="0"] .letter,[data-code="0"] b{color:var(--good)}
[data-code="1"] .letter,[data-code="1"] b{color:var(--bad)}
.target,.detail,.by{display:block;font-size:.875rem}
.data{margin-left:.4rem;font-size:.8125rem}
.time{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
@media (max-width:40rem){
.top{align-items:start}
.grade{width:4rem;height:4rem;font-size:1.75rem}
thead{position:absolute;clip-path:inset(50%)}
tr{display:grid;grid-template-columns:3rem minmax(0,1fr) auto;border-top:1px solid var(--line);padding:.6rem 0}
td{padding:0 .25rem;border:0}
td:nth-child(3){grid-column:2/-1;grid-row:2;padding-top:.25rem}
}
@media print{
:root{color-scheme:light;--text:#000;--soft:#444;--ground:#fff;--panel:#fff;--line:#bbb;--link:#000;--good:#1b6e46;--bad:#a32222;--weak:#7a4a00;--on:#fff}
body{max-width:none;padding:0;font-size:10pt}
tr{break-inside:avoid-page}
}
`;

export const fleetStyleSheet = `${frame}${table}`;

/** SHA-256 of `fleetStyleSheet` in base64. A renderer computes no digest; its test does, and tells the new one. */
export const fleetStyleDigest = 'YkqttvCmOIquwMgsvu6Z/TrNI2Gm7j+38OyrrgIU77o=';
