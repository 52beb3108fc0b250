/** The style sheet of the load report in HTML, and its digest: the policy of the page allows this one and nothing else. */

export const loadStyleSheet = `
:root{color-scheme:light dark;--text:#1c2430;--soft:#566173;--ground:#fff;--panel:#f4f6f9;--line:#d7dde6;--link:#0b5d8a;--good:#1b6e46;--bad:#a32222;--weak:#7a4a00;--on:#fff;--second:#8a4b9c}
@media (prefers-color-scheme:dark){:root{--text:#dfe5ee;--soft:#9aa6b8;--ground:#12161d;--panel:#1a2029;--line:#303947;--link:#7cc4f0;--good:#7bd6a4;--bad:#ff9b9b;--weak:#f0bd6c;--on:#12161d;--second:#d7a3e6}}
*{box-sizing:border-box}
body{overflow-wrap:anywhere;margin:0 auto;max-width:66rem;padding:1.5rem 1rem 4rem;color:var(--text);background:var(--ground);font:1rem/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.4rem 0}
.target,code{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.9em}
.target,.soft{color:var(--soft)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.mark{display:inline-block;padding:.1rem .7rem;border-radius:.5rem;color:var(--on);background:var(--weak);font-size:1rem;font-weight:600;vertical-align:.2em}
.mark.met{background:var(--good)}
.mark.not-met{background:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13.5rem,1fr));gap:.75rem;padding:0;margin:1.5rem 0 0;list-style:none}
.facts li{padding:.6rem .9rem;border:1px solid var(--line);border-radius:.6rem;background:var(--panel)}
.plots+.plots,.table+.plots{margin-top:1rem}
.facts b{display:block;font-size:1.35rem;line-height:1.3;font-variant-numeric:tabular-nums}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:baseline;white-space:nowrap;overflow-wrap:normal}
tbody th,.left{white-space:normal;overflow-wrap:break-word;min-width:9rem}
th:first-child,td:first-child,.left{text-align:left}
thead th{font-size:.85rem;font-weight:600;color:var(--soft)}
tbody th{font-weight:400}
.good{color:var(--good);font-weight:600}
.bad{color:var(--bad);font-weight:600}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr));gap:1rem}
figure{min-width:0;margin:0;padding:.75rem .9rem;border:1px solid var(--line);border-radius:.6rem;background:var(--panel);break-inside:avoid}
figcaption{font-weight:600}
svg{display:block;width:100%;height:auto;margin-top:.4rem}
svg text{fill:var(--soft);font:13px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.grid{stroke:var(--line);stroke-width:1}
.curve{fill:none;stroke:var(--link);stroke-width:2;stroke-linejoin:round}
.curve.second{stroke:var(--second);stroke-dasharray:5 3}
.area{fill:var(--link);opacity:.15}
.finding{margin:.5rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-left:.3rem solid var(--bad);border-radius:.4rem}
@media (max-width:40rem){th,td{padding:.3rem .4rem;font-size:.875rem}.plots{grid-template-columns:minmax(0,1fr)}.facts{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media print{:root{color-scheme:light;--text:#000;--soft:#444;--ground:#fff;--panel:#fff;--line:#bbb}body{max-width:none;padding:0;font-size:10pt}}
`;

/** SHA-256 of `loadStyleSheet` in base64. A renderer computes no digest; its test does, and tells the new one. */
export const loadStyleDigest = 'Luho/pMMiLQ1Myb6a9g0Ah2G0e7f/YEGXTdBMj+zlsE=';
