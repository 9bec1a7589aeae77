import type { ProviderHealth } from '../../src/core/provider.js';
import type { ErrorCode, SpeechError } from '../../src/core/speech-error.js';

const KEPT = 20;
const WINDOW_MS = 60_000;
/** Failures in a row after which a provider counts as down. */
const DOWN_AFTER = 3;

/** Failures that tell about the upstream, not about the request. */
const UPSTREAM: ReadonlySet<ErrorCode> = new Set([
  'upstream_failed',
  'unavailable',
  'incomplete',
  'rate_limited',
  'quota_exceeded',
]);

/** Judges an upstream by how the last calls of the last minute ended, so that asking for health costs nothing. */
export class RecentOutcomes {
  private outcomes: { readonly atMs: number; readonly failure?: SpeechError }[] = [];

  /** One call is over; failures that are the caller's own are not counted. */
  record(failure?: SpeechError): void {
    if (failure && !UPSTREAM.has(failure.code)) return;
    this.outcomes.push({ atMs: performance.now(), ...(failure && { failure }) });
    if (this.outcomes.length > KEPT) this.outcomes.shift();
  }

  health(): ProviderHealth {
    const since = performance.now() - WINDOW_MS;
    const recent = this.outcomes.filter(({ atMs }) => atMs >= since);
    const failed = recent.filter(({ failure }) => failure);
    const reason = failed.at(-1)?.failure?.message;
    if (reason === undefined) return { state: 'ok' };
    const lastOk = recent.findLastIndex(({ failure }) => !failure);
    if (recent.length - 1 - lastOk >= DOWN_AFTER) return { state: 'down', reason };
    return { state: 'degraded', reason };
  }
}
