import type { CallContext } from '../core/call-context.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { Attempt, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { onSettled, type SpeechOutcome } from './settled-stream.js';

/** A speech of hundreds of sentences must not carry hundreds of records. */
const MAX_ATTEMPTS = 32;

/** The calls made for one speech, in the order of their ends. Calls in a row that one voice spoke well are one record. */
export class AttemptLog {
  private readonly attempts: Attempt[] = [];

  record(attempt: Attempt): void {
    const last = this.attempts.at(-1);
    if (last && last.outcome === 'ok' && attempt.outcome === 'ok' && last.voice === attempt.voice) {
      this.attempts[this.attempts.length - 1] = { ...last, totalMs: last.totalMs + attempt.totalMs };
    } else if (this.attempts.length < MAX_ATTEMPTS) {
      this.attempts.push(attempt);
    }
  }

  list(): readonly Attempt[] {
    return [...this.attempts];
  }
}

export interface AttemptOptions {
  readonly log: AttemptLog;
  /** The operator's name of the provider. */
  readonly provider: string;
  /** Full voice id. */
  readonly voice: string;
  /** Also told of each call, for the books on latency. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** Records each call that passes with its outcome: `ok`, an error code, or `cancelled` when its reader left. */
export function recordAttempts(options: AttemptOptions): SpeechPolicy {
  return (next) => (request, call) => recorded(next, request, call, options);
}

function recorded(
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
  { log, provider, voice, onAttempt }: AttemptOptions,
): SpeechStream {
  const startedAtMs = performance.now();
  return onSettled(next(request, call), call.signal, (outcome) => {
    const { firstAudioAtMs } = outcome;
    const made: Attempt = {
      provider,
      voice,
      outcome: outcomeName(outcome),
      ...(firstAudioAtMs === undefined ? {} : { firstAudioMs: Math.round(firstAudioAtMs - startedAtMs) }),
      totalMs: Math.round(performance.now() - startedAtMs),
    };
    log.record(made);
    onAttempt?.(made);
  });
}

function outcomeName(outcome: SpeechOutcome): string {
  if (outcome.ended === 'failed') return outcome.error.code;
  return outcome.ended === 'complete' ? 'ok' : 'cancelled';
}
