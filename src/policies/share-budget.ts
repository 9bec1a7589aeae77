/**
 * Keeps extra calls (retries, hedges) to a share of the ordinary ones, so that an outage is not multiplied: each
 * ordinary call earns `share` of a token, each extra call takes one. `burst` tokens are there at the start and at most.
 */
export class ShareBudget {
  private tokens: number;

  constructor(
    private readonly share: number,
    private readonly burst = 10,
  ) {
    this.tokens = burst;
  }

  called(): void {
    this.tokens = Math.min(this.burst, this.tokens + this.share);
  }

  /** True: the extra call may be made. */
  take(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Extra calls that could be made now. */
  get left(): number {
    return Math.floor(this.tokens);
  }
}
