import { abortable, linkedAbort, type LinkedAbort } from '../core/abort.js';
import type { CallContext } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { firstAudible } from './audible.js';
import type { Candidate } from './candidate.js';
import type { CandidateQueue } from './candidate-queue.js';
import { fallsBack } from './falls-back.js';
import { hedgeDelayMs, type HedgeOptions } from './hedge.js';
import { openToAudio, type OpenedSpeech } from './opened-speech.js';

export interface RaceWinner {
  readonly candidate: Candidate;
  readonly speech: OpenedSpeech;
  readonly scope: LinkedAbort;
}

interface Lane {
  readonly candidate: Candidate;
  readonly scope: LinkedAbort;
  /** Never rejects. */
  readonly opened: Promise<LaneEvent>;
}

type LaneEvent =
  | { readonly lane: Lane; readonly speech: OpenedSpeech; readonly error?: undefined }
  | { readonly lane: Lane; readonly error: SpeechError };

const LOST = new SpeechError('cancelled', 'Another target was heard first.');

/**
 * Asks the candidates in turn until one is heard. With `hedge`, the next one starts beside one that is late, and the
 * first that can be heard wins; the other is cancelled at once. Throws the most telling failure when nobody is heard.
 */
export class CandidateRace {
  private readonly lanes = new Set<Lane>();
  private hedged: { readonly first: string; readonly second: string } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: CandidateQueue,
    private readonly request: SpeechRequest,
    private readonly call: CallContext,
    private readonly hedge: HedgeOptions | undefined,
  ) {}

  async winner(): Promise<RaceWinner> {
    let won: Lane | undefined;
    try {
      let late: Promise<'late'>[] = [this.startFirst()];
      for (;;) {
        const event = await Promise.race([...[...this.lanes].map(({ opened }) => opened), ...late]);
        if (event === 'late') {
          late = [];
          this.startSecond();
        } else if (event.error === undefined) {
          won = event.lane;
          return { candidate: won.candidate, speech: event.speech, scope: won.scope };
        } else this.failed(event.lane, event.error);
      }
    } finally {
      this.settle(won);
    }
  }

  /** Resolves when the first lane is late; never where there is no hedge. */
  private startFirst(): Promise<'late'> {
    const lane = this.start();
    const delayMs = this.hedge && hedgeDelayMs(this.hedge, lane.candidate);
    this.hedge?.budget.called();
    return new Promise((resolve) => {
      if (delayMs !== undefined) this.timer = setTimeout(() => resolve('late'), delayMs);
    });
  }

  private startSecond(): void {
    const [first] = this.lanes;
    if (!first || this.queue.empty || !this.hedge?.budget.take()) return;
    this.hedged = { first: first.candidate.voice, second: this.start().candidate.voice };
  }

  private start(): Lane {
    const candidate = this.queue.take();
    if (!candidate) {
      throw this.queue.lastFailure ?? new SpeechError('unavailable', 'No voice of this route can be used now.');
    }
    const scope = linkedAbort(this.call.signal);
    const lane: Lane = { candidate, scope, opened: this.open(candidate, scope).then(event, failure) };
    function event(speech: OpenedSpeech): LaneEvent {
      return { lane, speech };
    }
    function failure(error: unknown): LaneEvent {
      return { lane, error: toSpeechError(error) };
    }
    this.lanes.add(lane);
    return lane;
  }

  // A late answer of the provider must not keep a cancelled lane open, so its pulls race the abort.
  private async open(candidate: Candidate, { signal }: LinkedAbort): Promise<OpenedSpeech> {
    const stream = candidate.speak(this.request, { ...this.call, signal });
    return openToAudio(abortable(stream, signal), this.hedge && !this.queue.empty ? firstAudible() : undefined);
  }

  private failed(lane: Lane, error: SpeechError): void {
    this.lanes.delete(lane);
    lane.scope.dispose();
    this.queue.failed(lane.candidate, error, false);
    if (!fallsBack(error, this.call.signal)) throw error;
    if (this.lanes.size === 0) this.start();
  }

  private settle(won: Lane | undefined): void {
    clearTimeout(this.timer);
    for (const lane of this.lanes) {
      if (lane === won) continue;
      lane.scope.abort(LOST);
      lane.scope.dispose();
      this.queue.putBack(lane.candidate, lane.candidate.voice === this.hedged?.first ? 'last' : 'first');
    }
    if (!this.hedged) return;
    this.hedge?.onHedged?.({
      ...this.hedged,
      ...(won ? { winner: won.candidate.voice } : {}),
      wastedCharacters: this.request.text.length * (won && this.lanes.size < 2 ? 0 : 1),
    });
  }
}
