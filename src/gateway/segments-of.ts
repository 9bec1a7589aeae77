import type { ProviderManifest } from '../core/provider.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { segmentSsml } from '../text/segment-ssml.js';
import { segmentText } from '../text/segment-text.js';
import type { TextSegment } from '../text/text-segment.js';
import { TextSegmenter } from '../text/text-segmenter.js';
import type { TextFeed } from './text-feed.js';

export interface SpeechSegments {
  readonly source: Iterable<TextSegment> | AsyncIterable<TextSegment>;
  /** The whole speech is one call of the provider. */
  readonly single: boolean;
  /** For a provider that takes text as it is written. */
  readonly textStream?: AsyncIterable<string>;
}

/** The text of a speech as the provider is asked for it, none longer than it takes. Throws `invalid_request` for bad SSML. */
export function segmentsOf(
  request: SpeechRequest,
  manifest: ProviderManifest,
  feed: TextFeed | undefined,
): SpeechSegments {
  const { maxCharacters } = manifest;
  const options = { maxCharacters, ...(request.language === undefined ? {} : { language: request.language }) };
  if (feed && manifest.textStreaming) {
    return { source: [growingText(feed)], single: true, textStream: feed.asWritten() };
  }
  if (feed) {
    return { source: feed.bySentence(new TextSegmenter({ ...options, eagerFirst: true })), single: false };
  }
  if (request.markup === 'plain' && manifest.segmentBy === 'request' && request.text.length <= maxCharacters) {
    return { source: [wholeText(request.text)], single: true };
  }
  const source = request.markup === 'ssml' ? segmentSsml(request.text, options) : segmentText(request.text, options);
  return { source, single: source.length === 1 };
}

/** The one segment of a text that is not known yet. */
function growingText(feed: TextFeed): TextSegment {
  return {
    ...wholeText(''),
    get textEnd() {
      return feed.text.length;
    },
    toClientOffset: (offset) => offset,
  };
}

function wholeText(text: string): TextSegment {
  return { index: 0, text, markup: 'plain', textStart: 0, textEnd: text.length, toClientOffset: (offset) => offset };
}
