import { abortable, linkedAbort } from '../core/abort.js';
import type { CallContext } from '../core/call-context.js';
import { abortReason, SpeechError } from '../core/speech-error.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { AudioPart, SpeechPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { Suspension } from '../core/suspension.js';

const SUSPENDED = new SpeechError('cancelled', 'The client left and may come back.');

/**
 * Closes the provider as soon as the client leaves, and asks again when it is back: what had been delivered of this
 * call is dropped from the second answer, so that a deterministic voice goes on at the very byte.
 * It wraps one provider call, so at most one segment is made twice.
 */
export const suspendable: SpeechPolicy = (next) => (request, call) =>
  call.suspension === undefined ? next(request, call) : speakSuspendable(next, request, call, call.suspension);

async function* speakSuspendable(
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
  suspension: Suspension,
): AsyncGenerator<SpeechPart, void, undefined> {
  const delivered = new Delivered();
  for (;;) {
    await untilResumed(suspension, call.signal);
    const scope = linkedAbort(call.signal);
    const forget = suspension.onSuspend(() => scope.abort(SUSPENDED));
    delivered.rewind();
    try {
      for await (const part of abortable(next(request, { ...call, signal: scope.signal }), scope.signal)) {
        const fresh = delivered.take(part);
        if (fresh) yield fresh;
      }
      return;
    } catch (error) {
      if (scope.signal.reason !== SUSPENDED) throw error;
      if (delivered.whole) return; // only its end was still to be seen
    } finally {
      forget();
      scope.dispose();
    }
  }
}

async function untilResumed(suspension: Suspension, signal: AbortSignal): Promise<void> {
  if (!suspension.suspended) return;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([suspension.resumed(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}

/** What one call has delivered over all its answers, and where in the present answer we are. */
class Delivered {
  whole = false;
  private started = false;
  private bytes = 0;
  private timings = 0;
  private seq = 0;
  private skipBytes = 0;
  private skipTimings = 0;

  rewind(): void {
    this.skipBytes = this.bytes;
    this.skipTimings = this.timings;
  }

  /** The part, or what is new of it. */
  take(part: SpeechPart): SpeechPart | undefined {
    switch (part.type) {
      case 'start': {
        const first = !this.started;
        this.started = true;
        return first ? part : undefined;
      }
      case 'audio':
        return this.audio(part);
      case 'timing':
        if (this.skipTimings > 0) {
          this.skipTimings -= 1;
          return undefined;
        }
        this.timings += 1;
        return part;
      case 'complete':
        this.whole = true;
        return { ...part, bytes: this.bytes, lastSeq: this.seq - 1 };
      default:
        return part;
    }
  }

  private audio(part: AudioPart): AudioPart | undefined {
    const { data } = part;
    if (this.skipBytes >= data.length) {
      this.skipBytes -= data.length;
      return undefined;
    }
    const fresh = this.skipBytes > 0 ? data.subarray(this.skipBytes) : data;
    this.skipBytes = 0;
    this.bytes += fresh.length;
    const seq = this.seq++;
    return fresh === data && part.seq === seq ? part : { ...part, seq, data: fresh };
  }
}
