import type { ProviderManifest } from '../core/provider.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { segmentSsml } from '../text/segment-ssml.js';
import { segmentText } from '../text/segment-text.js';
import type { TextSegment } from '../text/text-segment.js';

/** A text as the provider is asked for it, none longer than it takes. Throws `invalid_request` for bad SSML. */
export function segmentsOf(request: SpeechRequest, manifest: ProviderManifest): readonly TextSegment[] {
  const { maxCharacters } = manifest;
  if (request.markup === 'plain' && manifest.segmentBy === 'request' && request.text.length <= maxCharacters) {
    return [wholeText(request.text)];
  }
  const options = { maxCharacters, ...(request.language === undefined ? {} : { language: request.language }) };
  return request.markup === 'ssml' ? segmentSsml(request.text, options) : segmentText(request.text, options);
}

function wholeText(text: string): TextSegment {
  return { index: 0, text, markup: 'plain', textStart: 0, textEnd: text.length, toClientOffset: (offset) => offset };
}
