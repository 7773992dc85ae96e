/** The page around a report: one file, no network, light and dark, and tables that sort. */

import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.js';

/** Hues of layers in turn; each layer also bears its number, since colour alone says nothing to many. */
const HUES = [212, 28, 140, 285, 350, 175, 52, 245, 95];

const STYLE = `
:root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--raised:#f6f8fa;--link:#0757b5;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--text:#e6edf3;--soft:#9aa6b2;--line:#30363d;--raised:#161b22;--link:#7ab7ff;--bad:#ff9a91}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.3rem;margin:2.5rem 0 .5rem;border-top:1px solid var(--line);padding-top:1rem;overflow-wrap:anywhere}h3{font-size:1.05rem;margin:1.5rem 0 .4rem}
p{margin:.4rem 0}.soft{color:var(--soft)}code,.path{font-family:ui-monospace,monospace;font-size:.875em;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:.8rem 0}
.figures div{background:var(--raised);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .7rem}
.figures dt{color:var(--soft);font-size:.85rem}.figures dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}th{background:var(--raised);white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0;cursor:pointer}
th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.bar{display:flex;height:1rem;min-width:8rem;background:var(--raised);border-radius:.2rem;overflow:hidden}
.bar i{display:block;background:var(--fill);border-right:1px solid var(--page)}.bar i.w{background:repeating-linear-gradient(45deg,var(--bad) 0 2px,transparent 2px 6px) var(--fill)}
.key{display:inline-block;min-width:1.7rem;padding:0 .35rem;border-radius:.2rem;background:var(--fill);text-align:center;font-weight:600}
svg{display:block;width:100%;min-width:40rem;height:auto}
svg rect{fill:var(--fill);stroke:var(--page);stroke-width:1}svg rect.h{fill:url(#hatch);stroke:none;pointer-events:none}
svg text{fill:var(--text);font:11px system-ui,sans-serif;pointer-events:none}svg text.big{font-weight:700}
svg g.layer:focus-visible{outline:none}svg g.layer:focus-visible>rect:first-child{stroke:var(--link);stroke-width:4}
#hatch path{stroke:var(--bad);stroke-width:1.5}
ul.stack{list-style:none;margin:0;padding-left:.9rem;border-left:2px solid var(--line)}ul.stack.first{padding-left:0;border:0}
ul.stack li{padding:.15rem 0}.row{display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:center}.row .bar{flex:0 0 9rem}
.badge{border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;background:var(--raised);font-weight:600}
@media (max-width:30rem){body{padding:.6rem}th,td{padding:.3rem .4rem}}
${HUES.map((hue, at) => `.l${at}{--fill:hsl(${hue} 62% 80%)}`).join('')}
@media (prefers-color-scheme:dark){${HUES.map((hue, at) => `.l${at}{--fill:hsl(${hue} 38% 30%)}`).join('')}}
`;

/** Sorts a table by a column; numbers by their value, the largest first. */
const SCRIPT = `
for (const button of document.querySelectorAll('th button')) button.addEventListener('click', () => {
  const head = button.closest('th'), row = head.parentElement, at = [...row.children].indexOf(head);
  const body = row.closest('table').tBodies[0], isNumber = head.classList.contains('n');
  const down = head.ariaSort ? head.ariaSort !== 'descending' : isNumber;
  const value = (line) => line.children[at].dataset.v ?? line.children[at].textContent;
  const order = (a, b) => isNumber ? value(a) - value(b) : value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0;
  body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)));
  for (const other of row.children) other.ariaSort = null;
  head.ariaSort = down ? 'descending' : 'ascending';
});
`;

/** The class that gives something the colour of a layer. */
export function layerClass(index: number): string {
  return `l${index % HUES.length}`;
}

/** A whole page. Nothing in it may load anything, and no script runs but the one that sorts. */
export function page(title: string, body: string): string {
  const digest = createHash('sha256').update(SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

export interface Column {
  readonly title: string;
  /** Right-aligned, and sorted by value. */
  readonly isNumber?: boolean;
}

export interface Cell {
  /** Escaped already. */
  readonly html: string;
  /** What it is sorted by, where that is not its text. */
  readonly value?: number;
}

/** A table whose columns sort; it scrolls by itself where the page is narrow. */
export function sortableTable(label: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const heading = columns.map(
    ({ title, isNumber }) =>
      `<th scope="col"${isNumber === true ? ' class="n"' : ''}><button type="button">${title}</button></th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.map(({ html, value }, at) => {
      const number = columns[at]?.isNumber === true ? ' class="n"' : '';
      return `<td${number}${value === undefined ? '' : ` data-v="${value}"`}>${html}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return (
    `<div class="scroll" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table>` +
    `<thead><tr>${heading.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`
  );
}
