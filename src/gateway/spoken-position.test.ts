import { describe, expect, it } from 'vitest';
import type { SpeechPart } from '../core/speech-part.js';
import { SpokenPositionTracker } from './spoken-position.js';

const segment = (index: number, textStart: number, textEnd: number, audioStartMs: number): SpeechPart => ({
  type: 'segment',
  index,
  textStart,
  textEnd,
  audioStartMs,
});
const word = (textStart: number, textEnd: number, startMs: number, endMs: number): SpeechPart => ({
  type: 'timing',
  kind: 'word',
  value: '',
  startMs,
  endMs,
  textStart,
  textEnd,
  source: 'native',
});

function tracker(parts: readonly SpeechPart[]): SpokenPositionTracker {
  const made = new SpokenPositionTracker();
  for (const part of parts) made.take(part);
  return made;
}

describe('SpokenPositionTracker', () => {
  it('knows nothing before the first segment', () => {
    expect(tracker([]).at(500)).toEqual({ offset: 0, source: 'segments' });
  });

  it('goes by the words where the voice tells them', () => {
    const spoken = tracker([
      segment(0, 0, 11, 0),
      word(0, 5, 0, 300),
      word(6, 11, 320, 600),
      segment(1, 12, 20, 800),
      word(12, 16, 800, 1000),
    ]);
    expect(spoken.at(310)).toEqual({ offset: 5, source: 'timings' });
    expect(spoken.at(600)).toEqual({ offset: 11, source: 'timings' });
    expect(spoken.at(900)).toEqual({ offset: 11, source: 'timings' });
    expect(spoken.at(100)).toEqual({ offset: 0, source: 'timings' });
  });

  it('counts the segments that were heard whole and estimates the one under way by their pace', () => {
    const spoken = tracker([segment(0, 0, 10, 0), segment(1, 10, 40, 1000)]);
    expect(spoken.at(1000)).toEqual({ offset: 10, source: 'segments' });
    expect(spoken.at(1500)).toEqual({ offset: 15, source: 'estimated' });
    expect(spoken.at(60_000)).toEqual({ offset: 40, source: 'estimated' });
  });

  it('estimates the first segment by the usual pace of speech', () => {
    expect(tracker([segment(0, 0, 100, 0)]).at(700)).toEqual({ offset: 10, source: 'estimated' });
  });
});
