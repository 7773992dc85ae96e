/** Plain columns, spaced as Go's tabwriter spaces them for Docker: three blanks between, ten characters at least. */

const GAP = 3;
const LEAST_WIDTH = 10;

/** Aligns rows of cells; the last cell of a row is left as it is. Each line ends with a newline. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? LEAST_WIDTH, textWidth(cell) + GAP);
    }
  }
  return rows.map((row) => `${row.map((cell, column) => padCell(cell, column, row, widths)).join('')}\n`).join('');
}

/** Characters, not UTF-16 units. */
export function textWidth(text: string): number {
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

function padCell(cell: string, column: number, row: readonly string[], widths: readonly number[]): string {
  if (column === row.length - 1) return cell;
  return cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell));
}
