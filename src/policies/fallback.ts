import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { CallContext } from '../core/call-context.js';
import type { SpeechHandler } from '../core/speech-handler.js';
import type { SpeechPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { AttemptLog } from './attempts.js';
import type { Candidate } from './candidate.js';
import { CandidateQueue } from './candidate-queue.js';
import { CandidateRace } from './candidate-race.js';
import type { HedgeOptions } from './hedge.js';
import { releaseOpened } from './opened-speech.js';

export interface FallbackOptions {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  readonly hedge?: HedgeOptions | undefined;
  /** Listed in `complete.attempts`. */
  readonly attempts?: AttemptLog | undefined;
}

const LEFT = new SpeechError('cancelled', 'The reader left.');

/**
 * Speaks on the first candidate that gets to audio; those that fail before it leave no trace but their attempts. After
 * its first audio a failure is passed on. One of these serves one speech: called again for the rest of the text, it
 * goes on with the candidates that are left, and asks one that failed while it spoke only after all others.
 */
export function fallback({ candidates, hedge, attempts }: FallbackOptions): SpeechHandler {
  const queue = new CandidateQueue(candidates);
  return (request, call) => speakOnFirst(queue, hedge, attempts, request, call);
}

async function* speakOnFirst(
  queue: CandidateQueue,
  hedge: HedgeOptions | undefined,
  attempts: AttemptLog | undefined,
  request: SpeechRequest,
  call: CallContext,
): AsyncGenerator<SpeechPart, void, undefined> {
  const { candidate, speech, scope } = await new CandidateRace(queue, request, call, hedge).winner();
  try {
    for await (const part of releaseOpened(speech)) {
      yield part.type === 'complete' && attempts ? { ...part, attempts: attempts.list() } : part;
    }
  } catch (error) {
    const failure = toSpeechError(error);
    queue.failed(candidate, failure, true);
    throw failure;
  } finally {
    scope.abort(LEFT); // by the signal: `return()` does not wake a provider that is parked
    scope.dispose();
  }
}
