/** The figures of a host. Only tests have a reason to change them. */
export interface HostTiming {
  /** Bytes that may be on their way, each direction of each job. */
  readonly windowBytes: number;
  /** A host that has not loaded its engine by then counts as failed. */
  readonly loadTimeoutMs: number;
  /** A host in which a cancelled job holds on for so long is killed: its thread hangs. */
  readonly stuckAfterMs: number;
  /** How long a stopped process may take to leave. */
  readonly exitGraceMs: number;
  /** A host that lived so long starts again at once when it dies. */
  readonly healthyAfterMs: number;
}

export const HOST_TIMING: HostTiming = {
  windowBytes: 256 * 1024,
  loadTimeoutMs: 30_000,
  stuckAfterMs: 30_000,
  exitGraceMs: 500,
  healthyAfterMs: 10_000,
};
