import { linkedAbort } from '../core/abort.js';
import type { CallContext } from '../core/call-context.js';
import { SpeechError } from '../core/speech-error.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { AudioPart, CompletePart, SpeechPart, SpeechStream, StartPart, TimingPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { TextSegment } from '../text/text-segment.js';
import { nothingToSay } from './check-request.js';
import { readAhead } from './read-ahead.js';

/** Where the segments of a request come from: all at once, or one by one while the text is still being written. */
export type SegmentSource = (request: SpeechRequest) => Iterable<TextSegment> | AsyncIterable<TextSegment>;

/**
 * Speaks a request segment by segment as one stream: one `start`, one `complete`, a `segment` part before each
 * segment's audio, timings moved to the client's own text and to the audio of the whole. The next segment is requested
 * as soon as the current one is heard, so that its audio is there when this one ends. Throws `invalid_request` where
 * there is no segment at all.
 */
export function bySegment(segmentsOf: SegmentSource): SpeechPolicy {
  return (next) => (request, call) => speakSegments(next, segmentsOf(request), request, call);
}

interface OpenSegment {
  readonly text: TextSegment;
  readonly stream: SpeechStream;
}

async function* speakSegments(
  next: SpeechHandler,
  segments: Iterable<TextSegment> | AsyncIterable<TextSegment>,
  request: SpeechRequest,
  call: CallContext,
): AsyncGenerator<SpeechPart, void, undefined> {
  const scope = linkedAbort(call.signal);
  const texts = Symbol.asyncIterator in segments ? segments[Symbol.asyncIterator]() : segments[Symbol.iterator]();
  const joined = new JoinedSegments();
  const open = async (first: boolean): Promise<OpenSegment | undefined> => {
    const pulled = await texts.next();
    if (pulled.done) return undefined;
    const text: TextSegment = pulled.value;
    const stream = next(
      { ...request, text: text.text, markup: text.markup },
      { ...call, signal: scope.signal, ongoing: !first },
    );
    return { text, stream: first ? stream : readAhead(stream) };
  };
  let upcoming: ReturnType<typeof open> | undefined;
  try {
    let current = await open(true);
    while (current) {
      yield* joined.begin(current.text);
      for await (const part of current.stream) {
        if (part.type === 'audio' && upcoming === undefined) {
          upcoming = open(false);
          upcoming.catch(() => {}); // it is awaited below; until then a failure must not count as unhandled
        }
        yield* joined.take(part);
      }
      const following: ReturnType<typeof open> = upcoming ?? open(false);
      upcoming = undefined;
      current = await following;
    }
    if (joined.count === 0) throw nothingToSay(request.markup === 'ssml' ? 'ssml' : 'text');
    yield* joined.complete();
  } finally {
    scope.abort(new SpeechError('cancelled', 'The reader left.'));
    scope.dispose();
    await upcoming?.then(closeUnread, () => {}); // its failure has no reader any more
    await texts.return?.();
  }
}

async function closeUnread(segment: OpenSegment | undefined): Promise<void> {
  await segment?.stream[Symbol.asyncIterator]().return?.();
}

/** Renumbers and moves the parts of consecutive segments onto one time line. */
class JoinedSegments {
  private start: StartPart | undefined;
  private last: CompletePart | undefined;
  private text: TextSegment | undefined;
  private announced = false;
  private index = -1;
  private seq = 0;
  private audioMs = 0;
  private bytes = 0;
  private characters = 0;

  get count(): number {
    return this.index + 1;
  }

  /** A later segment is announced before its audio: that tells whoever listens that the one before it is whole. */
  *begin(text: TextSegment): Generator<SpeechPart, void, undefined> {
    this.text = text;
    this.index += 1;
    this.announced = false;
    if (this.start) yield this.announce();
  }

  *take(part: SpeechPart): Generator<SpeechPart, void, undefined> {
    switch (part.type) {
      case 'start':
        if (this.start) requireSameFormat(this.start, part);
        else yield (this.start = part);
        return;
      case 'audio':
        if (!this.announced) yield this.announce();
        this.bytes += part.data.length;
        yield this.renumber(part);
        return;
      case 'timing':
        yield this.move(part);
        return;
      case 'complete':
        this.audioMs += part.audioMs;
        this.characters += part.characters;
        this.last = part;
        return;
      default:
        yield part;
    }
  }

  private announce(): SpeechPart {
    this.announced = true;
    const { textStart, textEnd } = this.text!;
    return { type: 'segment', index: this.index, textStart, textEnd, audioStartMs: Math.round(this.audioMs) };
  }

  private renumber(part: AudioPart): AudioPart {
    const seq = this.seq++;
    if (part.seq === seq && part.segment === this.index) return part;
    return { type: 'audio', seq, data: part.data, segment: this.index };
  }

  private move(part: TimingPart): TimingPart {
    const text = this.text!;
    return {
      ...part,
      startMs: Math.round(part.startMs + this.audioMs),
      endMs: Math.round(part.endMs + this.audioMs),
      textStart: text.toClientOffset(part.textStart),
      textEnd: text.toClientOffset(part.textEnd),
    };
  }

  *complete(): Generator<CompletePart, void, undefined> {
    if (!this.last) return;
    const { audioMs, bytes, characters } = this;
    yield { ...this.last, audioMs: Math.round(audioMs), bytes, characters, lastSeq: this.seq - 1 };
  }
}

function requireSameFormat(a: StartPart, b: StartPart): void {
  if (a.format === b.format && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels) return;
  throw new SpeechError('upstream_failed', `${b.provider} changed its audio format between two segments.`, {
    provider: b.provider,
  });
}
