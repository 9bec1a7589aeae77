import type { TextSegment } from './text-segment.js';
import { TextSegmenter, type TextSegmenterOptions } from './text-segmenter.js';

/**
 * All segments of a whole text: what a `TextSegmenter` makes of it, however it is cut. Their slices of the text, in
 * order, cover all of it but white space.
 */
export function segmentText(text: string, options: TextSegmenterOptions): TextSegment[] {
  const segmenter = new TextSegmenter(options);
  return [...segmenter.push(text), ...segmenter.end()];
}
