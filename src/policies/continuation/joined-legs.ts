import { SpeechError } from '../../core/speech-error.js';
import type { CompletePart, SeamPart, SegmentPart, SpeechPart, StartPart, TimingPart } from '../../core/speech-part.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import { isAudiblePcm } from '../audible.js';
import { crossfadeInto } from './crossfade.js';
import { HeldTail } from './held-tail.js';
import { Leg, type Join } from './leg.js';
import { LoudnessMatch } from './loudness-match.js';
import { samplesAsBytes } from './pcm-samples.js';
import { quietestCut } from './quietest-cut.js';
import type { Rest } from './rest-of-text.js';
import { spokenTo, type ContinuationMode, type SpokenTo } from './spoken-text.js';
import { VoiceLevel } from './voice-level.js';

/** Two voices overlap by this much at a seam. */
const FADE_MS = 8;
/** Times are rounded to whole ms, here and by the voices. */
const ROUNDING_MS = 1;

export interface JoinedLegsOptions {
  readonly mode: ContinuationMode;
  /** Held back at most, in ms. */
  readonly holdMs: number;
  /** The client's text, as far as it is known. */
  readonly text: () => string;
  /** Timings go out; else they only serve to know where the speech is. */
  readonly timings: boolean;
}

/**
 * One time line over the legs of a speech: numbers, times and offsets count on across seams. A timing leaves when its
 * audio does, so that a word is told once, where it was heard to its end.
 */
export class JoinedLegs {
  private start: StartPart | undefined;
  private tail = new HeldTail(0);
  private level = new VoiceLevel(24_000);
  private leg: Leg;
  private seq = 0;
  private segment = 0;
  /** Samples that have left. */
  private released = 0;
  private complete: CompletePart | undefined;
  seams = 0;

  constructor(
    private readonly request: SpeechRequest,
    rest: Rest,
    private readonly options: JoinedLegsOptions,
  ) {
    const whole = { textStart: 0, textEnd: request.text.length, startMs: 0 };
    this.leg = new Leg(rest, 0, 0, whole, undefined, undefined);
  }

  /** Of the whole speech; known from the first start on. */
  get sampleRateHz(): number | undefined {
    return this.start?.sampleRateHz;
  }

  /** Audio of the leg under way has come, so it can only be gone on from. */
  get heard(): boolean {
    return this.leg.heard;
  }

  *take(part: SpeechPart): Generator<SpeechPart, void, undefined> {
    switch (part.type) {
      case 'start':
        yield* this.begin(part);
        return;
      case 'audio':
        yield* this.audio(part.data);
        return;
      case 'segment':
        // The one before is whole: nothing of it needs to be held any more.
        yield* this.release(this.tail.flush());
        this.leg.announce(part);
        return;
      case 'timing':
        if (part.kind === 'word') this.leg.tellsWords = true;
        this.leg.timings.push(this.leg.moveTiming(part));
        yield* this.timingsTo(this.ms(this.released));
        return;
      case 'complete':
        this.complete = part;
        return;
      default:
        yield part;
    }
  }

  /** The last leg has ended well. */
  *finish(): Generator<SpeechPart, void, undefined> {
    yield* this.release(this.tail.flush());
    yield* this.timingsTo(Infinity);
    if (!this.complete) throw new SpeechError('incomplete', 'The speech ended without its end mark.');
    const { released, seams, seq } = this;
    yield {
      ...this.complete,
      ...(seams > 0 ? { characters: this.request.text.length } : {}),
      audioMs: Math.round(this.ms(released)),
      bytes: released * 2,
      lastSeq: seq - 1,
      seams,
    };
  }

  /**
   * The leg under way broke off: decides where the text goes on, and lets go of the held audio up to a good place.
   * What is left of it is faded into the next leg, or let go by `giveUp`.
   */
  *broke(reason: string): Generator<SpeechPart, Broken, undefined> {
    const { leg } = this;
    const held = this.tail.flush();
    const kept = held.subarray(0, this.cut(held));
    const fade = Math.min(kept.length, Math.round((this.rateHz * FADE_MS) / 1000));
    yield* this.timingsTo(this.ms(this.released + kept.length) + ROUNDING_MS);
    yield* this.release(kept.subarray(0, kept.length - fade));
    const to = this.spokenTo(reason === 'incomplete');
    const faded = kept.subarray(kept.length - fade);
    const unheard = held.subarray(kept.length - fade);
    return { to, unheard, join: { from: leg.voice, reason, estimated: to.estimated, faded } };
  }

  /** No one goes on after the break: everything that came is let go. */
  *giveUp({ unheard }: Broken): Generator<SpeechPart, void, undefined> {
    yield* this.release(unheard);
  }

  /** The next leg speaks `rest`. */
  goOn(rest: Rest, { join }: Broken): void {
    const startMs = this.ms(this.released);
    const whole = { textStart: rest.textStart, textEnd: this.options.text().length, startMs };
    const match = new LoudnessMatch(this.level.rms, this.rateHz);
    this.leg = new Leg(rest, startMs, this.segment + 1, whole, match, join);
    this.tail = this.newTail();
    this.complete = undefined;
  }

  private *begin(part: StartPart): Generator<SpeechPart, void, undefined> {
    this.leg.voice = part.voice;
    if (!this.start) {
      this.start = part;
      this.tail = this.newTail();
      this.level = new VoiceLevel(part.sampleRateHz);
      yield part;
      return;
    }
    if (part.sampleRateHz !== this.start.sampleRateHz) {
      throw new SpeechError('internal', 'Two legs of one speech have different sample rates.');
    }
    for (const message of part.warnings) yield { type: 'warning', message };
  }

  private *audio(data: Buffer): Generator<SpeechPart, void, undefined> {
    const { leg } = this;
    const samples = leg.samples.take(data);
    if (samples.length === 0) return;
    leg.match?.apply(samples);
    // A seam keeps the loudness of the voice that began, so only its own samples are measured.
    if (!leg.match) this.level.add(samples);
    if (leg.join) yield* this.seam(leg.join, samples);
    const segment = leg.begin(this.ms(this.released));
    if (segment) yield this.opened(segment);
    leg.heard = true;
    leg.audible ||= isAudiblePcm(samplesAsBytes(samples));
    yield* this.release(this.tail.push(samples));
  }

  private opened(segment: SegmentPart): SegmentPart {
    this.segment = segment.index;
    return segment;
  }

  private *seam(join: Join, samples: Int16Array): Generator<SpeechPart, void, undefined> {
    const { leg } = this;
    leg.join = undefined;
    this.seams += 1;
    this.segment = leg.firstSegment;
    crossfadeInto(samples, join.faded);
    const seam: SeamPart = {
      type: 'seam',
      from: join.from,
      to: leg.voice,
      reason: join.reason,
      textOffset: leg.rest.textStart,
      audioMs: Math.round(leg.baseMs),
    };
    yield seam;
    if (!join.estimated) return;
    yield { type: 'warning', message: 'The seam was placed by the length of the audio: a few words may be repeated.' };
  }

  private *release(samples: Int16Array): Generator<SpeechPart, void, undefined> {
    if (samples.length === 0) return;
    yield* this.timingsTo(this.ms(this.released + samples.length));
    this.released += samples.length;
    yield { type: 'audio', seq: this.seq++, data: samplesAsBytes(samples), segment: this.segment };
  }

  private *timingsTo(ms: number): Generator<TimingPart, void, undefined> {
    if (this.leg.timings.length === 0) return;
    const ended = this.leg.ended(ms);
    if (this.options.timings) yield* ended;
  }

  /** Not inside a word that was heard to its end, not beyond the start of the next, and where it is quietest. */
  private cut(held: Int16Array): number {
    const { timings, pending } = this.leg;
    if (pending || this.options.mode === 'off') return held.length;
    const heldFromMs = this.ms(this.released);
    const endMs = this.ms(this.released + held.length) + ROUNDING_MS;
    const words = timings.filter(({ kind }) => kind === 'word');
    const ended = words.findLast((word) => word.endMs <= endMs);
    const next = words.find((word) => word.endMs > endMs);
    const from = ended ? this.samples(ended.endMs - heldFromMs) : 0;
    const to = next ? Math.max(from, this.samples(next.startMs - heldFromMs)) : held.length;
    // The broken word began before what is held: anywhere in it is as good.
    return quietestCut(held, from, to === 0 ? held.length : to, this.rateHz);
  }

  private spokenTo(untrusted: boolean): SpokenTo {
    const { current, pending, lastWord, tellsWords, audible, msPerCharacter } = this.leg;
    if (pending) return { offset: pending.textStart, estimated: false };
    const endMs = this.ms(this.released);
    const state = { current, lastWord, tellsWords, untrusted, endMs, audible, msPerCharacter };
    return spokenTo(this.options.text(), this.options.mode, state, this.request.speed);
  }

  private newTail(): HeldTail {
    return new HeldTail(this.samples(this.options.holdMs));
  }

  private get rateHz(): number {
    return this.start?.sampleRateHz ?? 24_000;
  }

  private ms(samples: number): number {
    return (samples * 1000) / this.rateHz;
  }

  private samples(ms: number): number {
    return Math.max(0, Math.round((ms * this.rateHz) / 1000));
  }
}

export interface Broken {
  readonly to: SpokenTo;
  /** Held audio that has not left. */
  readonly unheard: Int16Array;
  readonly join: Join;
}
