import type { ProviderManifest } from '../core/provider.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { ReplayBuffer } from '../policies/replay-buffer.js';
import { restOfPlainText, type Rest } from '../policies/continuation/rest-of-text.js';
import type { TextSegment } from '../text/text-segment.js';
import { TextSegmenter } from '../text/text-segmenter.js';
import { segmentsOf } from './segments-of.js';
import type { TextFeed } from './text-feed.js';

/** Written text is cut once, for whoever speaks it: no longer than any provider takes. */
const WRITTEN_SEGMENT = 300;

/** The text of one speech for each target that speaks a leg of it. */
export class TextLegs {
  private readonly written: ReplayBuffer<TextSegment> | undefined;
  private from = 0;
  private cut: { readonly text: string; readonly type: string; readonly segments: readonly TextSegment[] } | undefined;

  constructor(feed: TextFeed | undefined) {
    if (!feed) return;
    const segmenter = new TextSegmenter({ maxCharacters: WRITTEN_SEGMENT, eagerFirst: true });
    this.written = new ReplayBuffer(feed.bySentence(segmenter));
  }

  segments(request: SpeechRequest, manifest: ProviderManifest): Iterable<TextSegment> | AsyncIterable<TextSegment> {
    return this.written ? from(this.written, this.from) : this.segmentsOf(request, manifest);
  }

  single(request: SpeechRequest, manifest: ProviderManifest): boolean {
    return !this.written && this.segmentsOf(request, manifest).length === 1;
  }

  // Asked for twice by each speech: for its plan and for its call.
  private segmentsOf(request: SpeechRequest, manifest: ProviderManifest): readonly TextSegment[] {
    const { text } = request;
    const { type } = manifest;
    if (this.cut?.text !== text || this.cut.type !== type)
      this.cut = { text, type, segments: segmentsOf(request, manifest) };
    return this.cut.segments;
  }

  /** What another target is asked from `offset` on. Written text keeps its offsets: it is read again from there. */
  rest(request: SpeechRequest, offset: number): Rest | undefined {
    if (!this.written) return restOfPlainText(request, offset);
    this.from = offset;
    this.written.spokenTo(offset);
    return { request, toClientOffset: (at) => at };
  }
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
