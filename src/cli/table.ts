/** Plain columns, spaced as Go's tabwriter spaces them for Docker: three blanks between, ten characters at least. */

export interface Spacing {
  /** Blanks behind the widest cell. */
  readonly gap: number;
  /** Characters that a column has at least. */
  readonly leastWidth: number;
}

const DOCKER: Spacing = { gap: 3, leastWidth: 10 };
/** For columns that are many and narrow. */
export const NARROW: Spacing = { gap: 2, leastWidth: 0 };

/** Aligns rows of cells; the last cell of a row is left as it is. Each line ends with a newline. */
export function alignColumns(rows: readonly (readonly string[])[], spacing: Spacing = DOCKER): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? spacing.leastWidth, textWidth(cell) + spacing.gap);
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
