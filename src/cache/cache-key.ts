import { createHash } from 'node:crypto';
import type { SpeechRequest } from '../core/speech-request.js';

/**
 * The key of a speech: 64 hex digits over everything that shapes its stream, and nothing else. `request` is resolved:
 * `provider`, `voice` and `model` name what will speak, and every default is filled in. Who asks, how urgently, and
 * what is stored beside it (metadata, priority, deadline, substitute, cache) is no part of it.
 */
export function cacheKey(request: SpeechRequest): string {
  const { metadata: _m, priority: _p, deadlineMs: _d, substitute: _s, cache: _c, ...shaping } = request;
  return createHash('sha256').update(canonical(shaping)).digest('hex');
}

/** JSON with sorted keys and without absent ones, so that equal values have one spelling. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, held]) => held !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`);
  return `{${entries.join(',')}}`;
}
