import { readStyle, STYLE_WIDTH } from './style-file.js';
import type { StyleSource } from './voice-file.js';

/** A style with its weight in a mixture. */
export interface StyleTerm {
  readonly style: StyleSource;
  readonly weight: number;
}

const KEPT_STYLES = 64;

/** Rows of style vectors, mixed; the files are read once. */
export class StyleShelf {
  private readonly held = new Map<string, Float32Array>();

  /** The weighted mean of one row of each style; beyond a style's last row it is the last. */
  row(terms: readonly StyleTerm[], row: number): Float32Array {
    const total = terms.reduce((sum, { weight }) => sum + weight, 0) || 1;
    const mixed = new Float32Array(STYLE_WIDTH);
    for (const { style, weight } of terms) {
      const rows = this.rowsOf(style);
      const at = Math.min(Math.max(0, row), style.rows - 1) * STYLE_WIDTH;
      for (let i = 0; i < STYLE_WIDTH; i += 1) mixed[i] = (mixed[i] ?? 0) + (rows[at + i] ?? 0) * (weight / total);
    }
    return mixed;
  }

  private rowsOf(style: StyleSource): Float32Array {
    const key = JSON.stringify(style);
    const known = this.held.get(key);
    if (known) return known;
    const rows = readStyle(style);
    this.held.set(key, rows);
    const [oldest] = this.held.keys();
    if (this.held.size > KEPT_STYLES && oldest !== undefined) this.held.delete(oldest);
    return rows;
  }
}
