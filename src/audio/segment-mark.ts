import type { SpeechPart } from '../core/speech-part.js';

/**
 * Which segment the next bytes of output belong to. An encoder may hold sound back, so bytes can come out with a later
 * input than the one they were made of: the segment of the oldest input that has not come out counts.
 */
export class SegmentMark {
  private waiting: number | undefined;
  private joint = false;
  private heard = false;
  private lastSegment = 0;

  get sawAudio(): boolean {
    return this.heard;
  }

  get last(): number {
    return this.lastSegment;
  }

  /** A part that is not audio: after a segment or a seam the next audio may begin another clip. */
  pass(part: SpeechPart): void {
    if (part.type === 'segment' || part.type === 'seam') this.joint = this.heard;
  }

  /** Whether a clip may begin with the audio that is to be pushed now; tells it once. */
  takeJoint(): boolean {
    const joint = this.joint;
    this.joint = false;
    this.heard = true;
    return joint;
  }

  oldest(segment: number): number {
    this.lastSegment = segment;
    this.waiting ??= segment;
    return this.waiting;
  }

  release(segment: number): number {
    this.waiting = undefined;
    return segment;
  }
}
