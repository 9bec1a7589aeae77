/** A list of numbers that grows; cheaper than an array of boxed doubles for millions of them. */
export class Samples {
  #values = new Float64Array(1024);
  #count = 0;

  add(value) {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  /** @returns {{ count: number, p50?: number, p90?: number, p99?: number, max?: number }} nearest-rank percentiles */
  summary() {
    const count = this.#count;
    if (count === 0) return { count };
    const sorted = this.#values.slice(0, count).sort();
    const at = (share) => sorted[Math.max(0, Math.ceil(share * count) - 1)];
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted[count - 1] };
  }
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
