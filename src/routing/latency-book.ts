const SAMPLES = 64;

export interface LatencyBookOptions {
  /** Targets remembered; the one that was least recently measured is forgotten. Default 1,000. */
  readonly maxTargets?: number;
  /** Samples below which nothing is said. Default 5. */
  readonly minSamples?: number;
}

export interface LatencySummary {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

interface Page {
  readonly samples: Float64Array;
  count: number;
  summary: LatencySummary | undefined;
}

/** Time to first audio of each target over its last 64 calls. Bounded. */
export class LatencyBook {
  private readonly pages = new Map<string, Page>();
  private readonly maxTargets: number;
  private readonly minSamples: number;

  constructor({ maxTargets = 1000, minSamples = 5 }: LatencyBookOptions = {}) {
    this.maxTargets = maxTargets;
    this.minSamples = minSamples;
  }

  record(target: string, firstAudioMs: number): void {
    const page = this.pages.get(target) ?? { samples: new Float64Array(SAMPLES), count: 0, summary: undefined };
    page.samples[page.count % SAMPLES] = firstAudioMs;
    page.count += 1;
    page.summary = undefined;
    this.pages.delete(target);
    this.pages.set(target, page);
    const oldest = this.pages.size > this.maxTargets ? this.pages.keys().next().value : undefined;
    if (oldest !== undefined) this.pages.delete(oldest);
  }

  /** Undefined while too little was measured. */
  of(target: string): LatencySummary | undefined {
    const page = this.pages.get(target);
    if (!page || page.count < this.minSamples) return undefined;
    page.summary ??= summarise(page.samples.slice(0, Math.min(page.count, SAMPLES)).sort());
    return page.summary;
  }
}

function summarise(sorted: Float64Array): LatencySummary {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
