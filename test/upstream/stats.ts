import { createHistogram } from 'node:perf_hooks';

/** Counters since the start or the last reset; `open` and `active` are now. */
export interface UpstreamStats {
  readonly connections: number;
  readonly open: number;
  readonly requests: number;
  /** Speeches being sent. */
  readonly active: number;
  readonly peakActive: number;
  readonly completed: number;
  /** Speeches whose peer left before their end. */
  readonly left: number;
  /** Speeches that were spoilt on purpose. */
  readonly faults: number;
  /** Of audio. */
  readonly bytes: number;
  /** How late its own paced writes were: its share of any lateness that a client sees. */
  readonly writeLateMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export class StatsCounter {
  connections = 0;
  open = 0;
  requests = 0;
  active = 0;
  peakActive = 0;
  completed = 0;
  left = 0;
  faults = 0;
  bytes = 0;
  private readonly lateUs = createHistogram();

  late(ms: number): void {
    this.lateUs.record(Math.max(1, Math.round(ms * 1000)));
  }

  enter(): void {
    this.active += 1;
    this.peakActive = Math.max(this.peakActive, this.active);
  }

  reset(): void {
    Object.assign(this, { connections: 0, requests: 0, completed: 0, left: 0, faults: 0, bytes: 0 });
    this.peakActive = this.active;
    this.lateUs.reset();
  }

  read(): UpstreamStats {
    const { connections, open, requests, active, peakActive, completed, left, faults, bytes, lateUs } = this;
    const at = (percentile: number): number => (lateUs.count > 0 ? lateUs.percentile(percentile) / 1000 : 0);
    const writeLateMs = { p50: at(50), p99: at(99), max: lateUs.count > 0 ? lateUs.max / 1000 : 0 };
    return { connections, open, requests, active, peakActive, completed, left, faults, bytes, writeLateMs };
  }
}
