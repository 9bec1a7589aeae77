/** Longest wait that is believed; a vendor that names more is asked again after this. */
const MAX_MS = 3_600_000;

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a header that may have been sent twice. Names are lower case. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * How long an upstream asks us to wait, in ms: `retry-after-ms`, else `Retry-After` as seconds or as an HTTP date
 * (RFC 9110 section 10.2.3). Undefined when it does not say, or says something that is neither.
 */
export function retryAfterMs(headers: ResponseHeaders, nowMs = Date.now()): number | undefined {
  const exact = toNumber(headerOf(headers, 'retry-after-ms'));
  if (exact !== undefined) return bounded(exact);
  const value = headerOf(headers, 'retry-after');
  const seconds = toNumber(value);
  if (seconds !== undefined) return bounded(seconds * 1000);
  const date = value?.includes('GMT') ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : bounded(date - nowMs);
}

function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function bounded(ms: number): number {
  return Math.min(MAX_MS, Math.max(0, Math.round(ms)));
}
