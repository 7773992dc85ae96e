/** The rows of a tree that are in view, fetched from the worker as they are scrolled to. */

import type { Rows, RowsRequest, Target, TreeRow } from '../messages.js';

export const ROW_PX = 26;
/** Rows that are fetched above and below those in view. */
const MARGIN_ROWS = 30;

export class TreeModel {
  rows: Rows = { total: 0, rows: [], slabs: [] };
  /** Index of the first of `rows`. */
  from: number = 0;
  mode: 'merged' | number = 'merged';
  filter: string = '';
  expandAll: boolean = false;
  /** Counts the changes: what is drawn of it is drawn again when this is another. */
  version: number = 0;
  /** Index of the row that has the focus. */
  active: number = 0;
  readonly #ask: (request: RowsRequest) => Promise<Rows>;
  readonly #draw: () => void;
  #toggled: Set<string> = new Set();
  #place: { readonly moment: number; readonly target: Target } | undefined;
  #top = 0;
  #visible = 40;
  #asked = 0;

  constructor(ask: (request: RowsRequest) => Promise<Rows>, draw: () => void) {
    this.#ask = ask;
    this.#draw = draw;
  }

  /** Looks into something; a small tree is shown as a whole. */
  show(moment: number, target: Target, { isSmall }: { readonly isSmall: boolean }): void {
    const isOther = this.#place?.target.id !== target.id;
    this.#place = { moment, target };
    if (isOther) {
      this.mode = 'merged';
      this.active = 0;
      this.expandAll = isSmall;
      this.#toggled = new Set();
    }
    void this.fetch();
  }

  clear(): void {
    this.#place = undefined;
    this.rows = { total: 0, rows: [], slabs: [] };
  }

  setMode(mode: 'merged' | number): void {
    this.mode = mode;
    this.active = 0;
    // What one slab changes is little: it is shown at once.
    if (mode !== 'merged') this.expandAll = true;
    this.#toggled = new Set();
    void this.fetch();
  }

  setFilter(filter: string): void {
    this.filter = filter;
    this.active = 0;
    void this.fetch();
  }

  setExpandAll(expandAll: boolean): void {
    this.expandAll = expandAll;
    this.#toggled = new Set();
    void this.fetch();
  }

  toggle(path: string): void {
    if (!this.#toggled.delete(path)) this.#toggled.add(path);
    void this.fetch();
  }

  /** Told what is scrolled to. */
  scrolled(topPx: number, heightPx: number): void {
    this.#top = Math.floor(topPx / ROW_PX);
    this.#visible = Math.ceil(heightPx / ROW_PX) + 1;
    const end = Math.min(this.rows.total, this.#top + this.#visible);
    if (this.#top < this.from || end > this.from + this.rows.rows.length) void this.fetch();
  }

  row(index: number): TreeRow | undefined {
    return this.rows.rows[index - this.from];
  }

  async fetch(): Promise<void> {
    const place = this.#place;
    if (place === undefined) return;
    const number = ++this.#asked;
    const from = Math.max(0, this.#top - MARGIN_ROWS);
    try {
      const rows = await this.#ask({
        ...place,
        mode: this.mode,
        toggled: [...this.#toggled],
        expandAll: this.expandAll,
        filter: this.filter,
        from,
        count: this.#visible + 2 * MARGIN_ROWS,
      });
      if (number !== this.#asked) return;
      this.rows = rows;
      this.from = from;
      this.active = Math.min(this.active, Math.max(0, rows.total - 1));
      this.version++;
      this.#draw();
    } catch {
      // The worker was stopped, or the moment is not there any more: what comes next asks again.
    }
  }
}
