import type { SpeechError } from '../core/speech-error.js';
import type { Candidate } from './candidate.js';

/** One that failed while it spoke may be asked to go on, but not for ever. */
const MAX_TURNS = 3;

/** Who may still be asked for one speech, best first. */
export class CandidateQueue {
  private readonly waiting: Candidate[];
  private readonly turns = new Map<Candidate, number>();
  private failure: SpeechError | undefined;

  constructor(candidates: readonly Candidate[]) {
    this.waiting = [...candidates];
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** The failure that is most worth telling: one of a provider before one of the gateway's own refusals. */
  get lastFailure(): SpeechError | undefined {
    return this.failure;
  }

  take(): Candidate | undefined {
    const candidate = this.waiting.shift();
    if (candidate) this.turns.set(candidate, (this.turns.get(candidate) ?? 0) + 1);
    return candidate;
  }

  /** It was not heard, but not because it cannot speak: next in turn, or the last when it was too slow. */
  putBack(candidate: Candidate, place: 'first' | 'last'): void {
    if (place === 'first') this.waiting.unshift(candidate);
    else this.waiting.push(candidate);
  }

  /** It failed. Who had been heard may go on with the rest when the others cannot. */
  failed(candidate: Candidate, error: SpeechError, heard: boolean): void {
    if (this.failure === undefined || error.code !== 'unavailable') this.failure = error;
    if (heard && error.retryable && (this.turns.get(candidate) ?? 0) < MAX_TURNS) this.waiting.push(candidate);
  }
}
