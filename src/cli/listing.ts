/** Prints rows the ways that every listing offers: columns, ids only, JSON lines, or a template. */

import { alignColumns } from './table.js';
import { UsageError } from './usage.js';

/** A row by field, in the spelling of Docker's templates; what `--format json` prints. */
export type Row = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Listing {
  /** Heading of each field that has a column of its own; the others are headed by their name in capitals. */
  readonly headings: Readonly<Record<string, string>>;
  /** Fields of the default table, left to right. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The field that `-q` prints. */
  readonly quietField?: string;
}

export interface ListingOptions {
  readonly format?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/** The whole text of a listing. */
export async function formatListing(listing: Listing, options: ListingOptions): Promise<string> {
  const { rows } = listing;
  const format = options.format ?? 'table';
  if (options.quiet && options.format === undefined && listing.quietField !== undefined) {
    const field = listing.quietField;
    return rows.map((row) => `${String(row[field])}\n`).join('');
  }
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (format === 'table') return formatTable(listing);
  return formatTemplate(listing, format);
}

function formatTable({ headings, columns, rows }: Listing): string {
  const heading = columns.map((field) => headingOf(headings, field));
  return alignColumns([heading, ...rows.map((row) => columns.map((field) => String(row[field])))]);
}

async function formatTemplate({ headings, rows }: Listing, format: string): Promise<string> {
  const { parseTemplate, renderTemplate, templateFields } = await import('./template.js');
  const isTable = /^table\s/.test(format);
  const template = parseTemplate(isTable ? format.replace(/^table\s+/, '') : format);
  if (template.every((piece) => piece.kind === 'text')) {
    throw new UsageError(
      `unknown format ${JSON.stringify(format)}`,
      "Use 'table', 'json' or a template such as '{{.ID}}'.",
    );
  }
  const lines = rows.map((row) => renderTemplate(template, row));
  if (!isTable) return lines.map((line) => `${line}\n`).join('');
  const names = Object.fromEntries(templateFields(template).map((field) => [field, headingOf(headings, field)]));
  const heading = renderTemplate(template.map(withoutJson), names);
  return alignColumns([heading, ...lines].map((line) => line.split('\t')));
}

/** In the heading a field stands for its name, whatever is done with its value below. */
function withoutJson<P extends { readonly kind: string }>(piece: P): P {
  return piece.kind === 'value' ? { ...piece, asJson: false, steps: [] } : piece;
}

function headingOf(headings: Readonly<Record<string, string>>, field: string): string {
  return headings[field] ?? field.toUpperCase();
}
