import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext } from '../core/call-context.js';
import { abortReason, toSpeechError, type ErrorCode, type SpeechError } from '../core/speech-error.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { SpeechPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { openToAudio, releaseOpened, type OpenedSpeech } from './opened-speech.js';
import { Refusal } from './refusal.js';
import type { ShareBudget } from './share-budget.js';

export interface RetryOptions {
  /** Calls in all, the first included. */
  readonly attempts: number;
  /** The wait before retry n is drawn from 0 to `baseMs` × 2ⁿ, at most `maxMs`. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Shared by all speeches of a provider. */
  readonly budget: ShareBudget;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
  readonly onRetry?: (error: SpeechError, waitMs: number) => void;
}

const RETRIED: ReadonlySet<ErrorCode> = new Set([
  'rate_limited',
  'quota_exceeded',
  'internal',
  'upstream_failed',
  'incomplete',
  'unavailable',
  'deadline',
]);

/**
 * Asks the same target again when it failed before its first audio was released; up to then nothing of a failed call
 * is seen. After it every failure is passed on. An upstream that asks for a longer wait than `maxMs`, a wait beyond the
 * request's deadline and an empty budget all mean: no retry, the next target is better.
 */
export function retry(options: RetryOptions): SpeechPolicy {
  return (next) => (request, call) => speakWithRetry(next, request, call, options);
}

async function* speakWithRetry(
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
  options: RetryOptions,
): AsyncGenerator<SpeechPart, void, undefined> {
  yield* releaseOpened(await openWithRetry(next, request, call, options));
}

async function openWithRetry(
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
  options: RetryOptions,
): Promise<OpenedSpeech> {
  options.budget.called();
  for (let retries = 0; ; retries += 1) {
    try {
      return await openToAudio(next(request, call));
    } catch (thrown) {
      const error = toSpeechError(thrown);
      const waitMs = retryWaitMs(error, retries, options);
      if (call.signal.aborted || waitMs === undefined || beyondDeadline(waitMs, request, call)) throw error;
      if (!options.budget.take()) throw error;
      options.onRetry?.(error, waitMs);
      await pause(waitMs, call.signal);
    }
  }
}

/** How long to wait before the next try after `retries` retries; undefined when there should be none. */
export function retryWaitMs(error: SpeechError, retries: number, options: RetryOptions): number | undefined {
  const { attempts, baseMs, maxMs, random = Math.random } = options;
  if (retries + 1 >= attempts || !error.retryable || error instanceof Refusal || !RETRIED.has(error.code)) {
    return undefined;
  }
  const backoffMs = Math.min(maxMs, random() * baseMs * 2 ** retries);
  if (error.retryAfterMs === undefined) return backoffMs;
  // Never sooner than asked; the jitter on top keeps those that were told the same from coming back together.
  const askedMs = error.retryAfterMs + random() * Math.min(baseMs, error.retryAfterMs / 10);
  return error.retryAfterMs > maxMs ? undefined : askedMs;
}

function beyondDeadline(waitMs: number, request: SpeechRequest, call: CallContext): boolean {
  return request.deadlineMs !== undefined && performance.now() + waitMs > call.receivedAtMs + request.deadlineMs;
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal });
  } catch {
    throw abortReason(signal); // the only way a sleep fails
  }
}
