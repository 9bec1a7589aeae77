import { lazyStream } from '../core/lazy-stream.js';
import type { CallContext } from '../core/call-context.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { onSettled } from './settled-stream.js';
import type { SlotPool, SlotPriority } from './slot-pool.js';

export interface SlotsOptions {
  /** Whom the call counts for when those who wait take turns; default: nobody in particular. */
  readonly keyOf?: (request: SpeechRequest, call: CallContext) => string;
  /** Default: the request's own priority. */
  readonly priorityOf?: (request: SpeechRequest, call: CallContext) => SlotPriority;
  /** Longest wait for a slot where the request has no deadline of its own. */
  readonly maxWaitMs?: number;
}

/** Holds one slot of the pool from before the provider is asked until its stream has ended, however it ends. */
export function slots(pool: SlotPool, options: SlotsOptions = {}): SpeechPolicy {
  return (next) => (request, call) => lazyStream(() => enterSlot(pool, options, next, request, call));
}

async function enterSlot(
  pool: SlotPool,
  { keyOf, priorityOf, maxWaitMs }: SlotsOptions,
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
): Promise<SpeechStream> {
  const limitMs = request.deadlineMs ?? maxWaitMs;
  const slot = await pool.acquire({
    priority: priorityOf?.(request, call) ?? request.priority,
    key: keyOf?.(request, call) ?? '',
    signal: call.signal,
    deadlineAtMs: limitMs === undefined ? undefined : call.receivedAtMs + limitMs,
  });
  try {
    return onSettled(next(request, call), call.signal, () => slot.release());
  } catch (error) {
    slot.release();
    throw error;
  }
}
