import type { TextSegment } from './text-segment.js';
export function segmentSsml(text: string, _o: unknown): readonly TextSegment[] {
  return [{ index: 0, text, markup: 'ssml', textStart: 0, textEnd: text.length, toClientOffset: (o: number) => o }];
}
