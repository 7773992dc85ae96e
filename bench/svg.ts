/** Draws charts as SVG text that reads on light and on dark paper: bars and lines on logarithmic scales. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Drawn in the accent colour. */
  readonly ours: boolean;
  /** A mark to reach, in the unit of `value`. */
  readonly mark?: number;
}

export interface BarBlock {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Line {
  readonly label: string;
  readonly ours: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 1000;
const LABEL_WIDTH = 430;
const BAR_HEIGHT = 18;
const BLOCK_GAP = 34;

const STYLE = `<style>
text{font:12px system-ui,sans-serif;fill:#24292f}.t{font-weight:600;font-size:13px}.h{font-weight:600;font-size:15px}
.q{fill:#57606a}.o{fill:#0969da}.p{fill:#afb8c1}.g{stroke:#d0d7de}.m{stroke:#cf222e;stroke-width:2}
.lo{stroke:#0969da;stroke-width:3;fill:none}.lp{stroke:#8c959f;stroke-width:1.5;fill:none}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.q{fill:#9198a1}.o{fill:#4493f8}.p{fill:#565e67}.g{stroke:#3d444d}
.m{stroke:#f85149}.lo{stroke:#4493f8}.lp{stroke:#9198a1}}
</style>`;

/** Bars in blocks; every block has a scale of its own, whose left end is a third of its least value. */
export function barChart(title: string, note: string, blocks: readonly BarBlock[]): string {
  const parts: string[] = [text(0, 18, title, 'h'), text(0, 36, note, 'q')];
  let y = 62;
  for (const block of blocks) {
    parts.push(text(0, y, block.title, 't'));
    y += 10;
    const scale = logScale(block.bars.flatMap((bar) => (bar.mark === undefined ? [bar.value] : [bar.value, bar.mark])));
    for (const bar of block.bars) {
      parts.push(drawBar(bar, y, scale));
      y += BAR_HEIGHT + 4;
    }
    y += BLOCK_GAP;
  }
  return svg(y, title, parts);
}

function drawBar(bar: Bar, y: number, scale: (value: number) => number): string {
  const length = scale(bar.value);
  const middle = y + BAR_HEIGHT - 5;
  const mark = bar.mark === undefined ? undefined : LABEL_WIDTH + scale(bar.mark);
  return [
    text(LABEL_WIDTH - 8, middle, bar.label, '', 'end'),
    `<rect class="${bar.ours ? 'o' : 'p'}" x="${LABEL_WIDTH}" y="${y}" width="${length}" height="${BAR_HEIGHT}" rx="2"/>`,
    text(LABEL_WIDTH + Math.max(length, (mark ?? 0) - LABEL_WIDTH) + 6, middle, bar.text),
    mark === undefined ? '' : `<path class="m" d="M${mark} ${y - 2}v${BAR_HEIGHT + 4}"/>`,
  ].join('');
}

/** Pixels for a value, leaving room for the text behind the longest bar. */
function logScale(values: readonly number[]): (value: number) => number {
  const least = Math.min(...values) / 3;
  const span = Math.log(Math.max(...values) / least);
  return (value) => round((Math.log(value / least) / span) * (WIDTH - LABEL_WIDTH - 130));
}

/** Lines over layer counts, both axes logarithmic. */
export function lineChart(
  title: string,
  note: string,
  lines: readonly Line[],
  unit: (value: number) => string,
): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const low = Math.floor(Math.log10(Math.min(...points.map((point) => point.y))));
  const high = Math.ceil(Math.log10(Math.max(...points.map((point) => point.y))));
  const [left, top, right, bottom] = [70, 60, WIDTH - 170, 380];
  const lastX = Math.max(...xs);
  const px = (x: number): number => round(left + (lastX === 1 ? 0 : Math.log(x) / Math.log(lastX)) * (right - left));
  const py = (y: number): number => round(bottom - ((Math.log10(y) - low) / (high - low)) * (bottom - top));
  const parts: string[] = [text(0, 18, title, 'h'), text(0, 36, note, 'q')];
  for (let power = low; power <= high; power++) {
    const y = py(10 ** power);
    parts.push(`<path class="g" d="M${left} ${y}H${right}"/>`, text(left - 8, y + 4, unit(10 ** power), 'q', 'end'));
  }
  for (const x of xs) parts.push(text(px(x), bottom + 20, x === 1 ? '1 layer' : String(x), 'q', 'middle'));
  const labels = spreadLabels(lines.map((line) => py((line.points.at(-1) as { y: number }).y)));
  for (const [at, line] of lines.entries()) {
    const path = line.points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('');
    const last = line.points.at(-1) as { x: number; y: number };
    parts.push(`<path class="${line.ours ? 'lo' : 'lp'}" d="${path}"/>`);
    for (const { x, y } of line.points)
      parts.push(`<circle class="${line.ours ? 'o' : 'p'}" cx="${px(x)}" cy="${py(y)}" r="3"/>`);
    parts.push(
      text(px(last.x) + 10, (labels[at] as number) + 4, `${line.label} ${unit(last.y)}`, line.ours ? 't' : ''),
    );
  }
  return svg(bottom + 40, title, parts);
}

/** Moves labels apart that would lie on each other. */
function spreadLabels(ys: readonly number[]): number[] {
  const order = ys.map((y, at) => ({ y, at })).sort((a, b) => a.y - b.y);
  const out = [...ys];
  let previous = Number.NEGATIVE_INFINITY;
  for (const { y, at } of order) {
    previous = Math.max(y, previous + 16);
    out[at] = previous;
  }
  return out;
}

function text(x: number, y: number, content: string, kind = '', anchor = 'start'): string {
  const attributes = `${kind === '' ? '' : ` class="${kind}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escapeXml(content)}</text>`;
}

function svg(height: number, title: string, parts: readonly string[]): string {
  const box = `viewBox="-10 -4 ${WIDTH + 20} ${round(height)}" width="${WIDTH + 20}" height="${round(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img">\n<title>${escapeXml(title)}</title>\n${STYLE}\n${parts.join('\n')}\n</svg>\n`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
