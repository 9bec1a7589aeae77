import type { ProviderManifest } from '../core/provider.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { restOfPlainText, type Rest } from '../policies/continuation/rest-of-text.js';
import { ReplayBuffer } from '../policies/replay-buffer.js';
import type { TextSegment } from '../text/text-segment.js';
import { TextSegmenter } from '../text/text-segmenter.js';
import { growingText, segmentsOf } from './segments-of.js';
import type { TextFeed } from './text-feed.js';

/** Written text is cut once, for whoever speaks it. */
const WRITTEN_SEGMENT = 300;

/** The text of one speech for each target that speaks a leg of it. */
export class TextLegs {
  private readonly written: ReplayBuffer<TextSegment> | undefined;
  private from = 0;
  private peeked: { readonly text: string; readonly segments: Iterable<TextSegment> } | undefined;

  /** `asWritten`: the provider cuts the text itself. `maxCharacters`: what each of the targets takes at once. */
  constructor(
    private readonly feed: TextFeed | undefined,
    private readonly asWritten: boolean,
    maxCharacters: number,
  ) {
    if (!feed || asWritten) return;
    const segmenter = new TextSegmenter({ maxCharacters: Math.min(WRITTEN_SEGMENT, maxCharacters), eagerFirst: true });
    this.written = new ReplayBuffer(feed.bySentence(segmenter));
  }

  segments(request: SpeechRequest, manifest: ProviderManifest): Iterable<TextSegment> | AsyncIterable<TextSegment> {
    if (this.written) return from(this.written, this.from);
    if (this.feed) return [growingText(this.feed)];
    const { peeked } = this;
    this.peeked = undefined;
    return peeked?.text === request.text ? peeked.segments : segmentsOf(request, manifest);
  }

  /** Whether the whole text is one segment. Looks at two of them and no more. */
  single(request: SpeechRequest, manifest: ProviderManifest): boolean {
    if (this.feed) return this.asWritten;
    const source = segmentsOf(request, manifest)[Symbol.iterator]();
    const first = source.next();
    const second = first.done ? first : source.next();
    this.peeked = { text: request.text, segments: startingWith([first, second], source) };
    return second.done === true;
  }

  /** What another target is asked from `offset` on. Written text keeps its offsets: it is read again from there. */
  rest(request: SpeechRequest, offset: number): Rest | undefined {
    if (!this.written) return restOfPlainText(request, offset);
    this.from = offset;
    this.written.spokenTo(offset);
    return { request, textStart: offset, toClientOffset: (at) => at };
  }
}

function* startingWith(
  head: readonly IteratorResult<TextSegment>[],
  rest: Iterator<TextSegment>,
): Generator<TextSegment, void, undefined> {
  for (const result of head) if (!result.done) yield result.value;
  for (let result = rest.next(); !result.done; result = rest.next()) yield result.value;
}

/** Written segments from `offset` on: of the one that holds it, the rest. */
async function* from(written: ReplayBuffer<TextSegment>, offset: number): AsyncGenerator<TextSegment, void, undefined> {
  for await (const segment of written.from(offset))
    yield segment.textStart < offset ? restOf(segment, offset) : segment;
}

function restOf(segment: TextSegment, offset: number): TextSegment {
  const cut = offset - segment.textStart;
  return {
    ...segment,
    text: segment.text.slice(cut),
    textStart: offset,
    toClientOffset: (at) => segment.toClientOffset(at + cut),
  };
}
