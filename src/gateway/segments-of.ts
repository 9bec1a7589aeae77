import type { ProviderManifest } from '../core/provider.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { segmentSsml } from '../text/segment-ssml.js';
import type { TextSegment } from '../text/text-segment.js';
import { TextSegmenter } from '../text/text-segmenter.js';

/** Read at once: the first sentence of a book must not wait for the last. */
const STRETCH = 512;

/** A text as the provider is asked for it, none longer than it takes. Throws `invalid_request` for bad SSML. */
export function segmentsOf(request: SpeechRequest, manifest: ProviderManifest): Iterable<TextSegment> {
  const { maxCharacters } = manifest;
  if (request.markup === 'plain' && manifest.segmentBy === 'request' && request.text.length <= maxCharacters) {
    return [wholeText(request.text)];
  }
  const options = { maxCharacters, ...(request.language === undefined ? {} : { language: request.language }) };
  return request.markup === 'ssml' ? segmentSsml(request.text, options) : cutByStretches(request.text, options);
}

/** The same segments as of the whole text at once, as they are asked for: the segmenter does not mind how it is fed. */
function* cutByStretches(
  text: string,
  options: ConstructorParameters<typeof TextSegmenter>[0],
): Generator<TextSegment, void, undefined> {
  const segmenter = new TextSegmenter(options);
  for (let at = 0; at < text.length; at += STRETCH) yield* segmenter.push(text.slice(at, at + STRETCH));
  yield* segmenter.end();
}

/** The one segment of a text that is still written, for a provider that takes it as it comes. */
export function growingText(feed: { readonly text: string }): TextSegment {
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
