import type { Candidate } from './candidate.js';
import type { ShareBudget } from './share-budget.js';

export interface HedgeOptions {
  /** The route's wait; absent: the target's own recent p95. */
  readonly afterMs?: number | undefined;
  /** Recent 95th percentile of the time to first audio; undefined while too little is known. */
  readonly p95Ms?: ((candidate: Candidate) => number | undefined) | undefined;
  /** Caps the share of hedged speeches. */
  readonly budget: ShareBudget;
  /** Told of each hedge when it is decided: what was paid for twice. */
  readonly onHedged?: (report: HedgeReport) => void;
}

export interface HedgeReport {
  /** Full voice ids. `winner` is absent when neither was heard. */
  readonly first: string;
  readonly second: string;
  readonly winner?: string;
  /** UTF-16 units of text that were given to a target nobody heard. */
  readonly wastedCharacters: number;
}

/** How long to wait for `candidate` before the next one starts too; undefined: no hedge. */
export function hedgeDelayMs({ afterMs, p95Ms }: HedgeOptions, candidate: Candidate): number | undefined {
  return afterMs ?? p95Ms?.(candidate);
}
