"""The look of the HTML report: light and dark, on the screen and on paper, with nothing loaded from elsewhere."""

STYLE = """
:root { color-scheme: light dark; --text: #1c2530; --soft: #566374; --line: #dbe1e8; --page: #ffffff; --panel: #f4f6f9;
        --warn: #7a4300; --warn-line: #d98a1f; --warn-page: #fff5e3; --bar: #5b8fc7; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e9ef; --soft: #9aa7b6; --line: #2d3742; --page: #0f141a;
        --panel: #171e26; --warn: #ffcf8f; --warn-line: #d98a1f; --warn-page: #2e2413; --bar: #4f86c0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2.25rem 1.5rem 3rem; background: var(--page); color: var(--text);
       font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; align-items: flex-start; }
header > div { flex: 1 1 24rem; }
h1 { margin: 0; font-size: 1.75rem; font-weight: 600; letter-spacing: -.01em; }
h2 { margin: 2.5rem 0 .7rem; font-size: 1.15rem; font-weight: 600; }
p { margin: .35rem 0; }
.soft { color: var(--soft); font-size: .92rem; }
.use { padding: .3rem 1rem; border: 1.5px solid var(--warn-line); border-radius: 2rem; color: var(--warn);
       font-weight: 600; white-space: nowrap; }
.case { font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere; }
.missing { color: var(--warn); font-weight: 600; }
.warnings { margin: 1.4rem 0; padding: .9rem 1.2rem; border-left: 4px solid var(--warn-line); border-radius: .35rem;
            background: var(--warn-page); color: var(--warn); }
.warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
figure { margin: 1.6rem 0 0; }
img { display: block; width: 100%; height: auto; border-radius: .5rem; background: #0e1116; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .8rem .45rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .88rem; }
tbody th { width: 13rem; }
td.number, th.number { text-align: right; padding-right: 0; padding-left: .8rem; }
td.path, code { overflow-wrap: anywhere; }
td.figures, .list thead th { white-space: nowrap; }
code { font: .84em/1.4 ui-monospace, "SF Mono", Consolas, monospace; color: var(--soft); }
.swatch { display: inline-flex; align-items: center; width: 1.7em; height: .95em; margin-right: .55em; padding: 0 .2em;
          border-radius: .2em; vertical-align: -.1em; background: #0e1116; print-color-adjust: exact;
          -webkit-print-color-adjust: exact; }
.swatch::before { content: ""; flex: 1; border-top: 1.5px solid currentColor; }
.swatch.thick::before { border-top-width: 4px; }
.swatch.double::before { height: 5px; border-bottom: 1.5px solid currentColor; }
.bar { display: block; height: .5rem; margin-top: .5rem; min-width: 1px; border-radius: .25rem; background: var(--bar);
       print-color-adjust: exact; -webkit-print-color-adjust: exact; }
td.wide { width: 55%; padding-left: 1.5rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) {
  body { padding: 1.1rem .9rem 2rem; }
  h1 { font-size: 1.45rem; }
  header > div { flex-basis: 100%; }
  .use { white-space: normal; border-radius: .6rem; }
  figure { overflow-x: auto; border-radius: .5rem; }
  figure img { width: 58rem; max-width: none; }
  .list thead { display: none; }
  .list tr { display: block; padding: .55rem 0; border-bottom: 1px solid var(--line); }
  .list td { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0; border: 0; text-align: right; }
  .list td:first-child { display: block; text-align: left; font-weight: 600; }
  .list td::before { content: attr(data-title); flex: none; color: var(--soft); }
  .list td:first-child::before, .list td[data-title=""]::before { content: none; }
  .list td.path, .list td.figures, .list td.lines { display: block; text-align: left; white-space: normal; }
  .list td.path::before, .list td.figures::before, .list td.lines::before { display: block; }
  .list td:empty { display: none; }
  td.wide { width: auto; padding: 0; }
  .list td.wide { display: block; }
  .facts tr, .facts th, .facts td { display: block; border: 0; padding: 0; width: auto; }
  .facts tr { padding: .45rem 0; border-bottom: 1px solid var(--line); }
}
@media print {
  :root { color-scheme: light; font-size: 8.5pt; --text: #000; --soft: #444; --line: #bbb; --page: #fff;
          --warn: #7a4300; --warn-page: #fff; }
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  h1 { font-size: 15pt; } h2 { margin: 1.1rem 0 .3rem; font-size: 11pt; break-after: avoid; }
  figure { margin-top: .6rem; } figure img { width: auto; max-width: 100%; max-height: 150mm; margin: 0 auto; }
  th, td { padding-top: .15rem; padding-bottom: .15rem; }
  tr, figure, .warnings { break-inside: avoid; }
  .screen, .list code, .list br { display: none; }
  footer { margin-top: 1rem; }
}
"""
