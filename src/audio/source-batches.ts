import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesPerSample, type AudioFormat } from '../core/audio-format.js';
import type { SpeechPart } from '../core/speech-part.js';
import { incompleteAudio } from './incomplete-audio.js';

/** Sound on its way to a host. */
export interface SourceBatch {
  readonly type: 'batch';
  readonly data: Buffer;
  readonly segment: number;
  /** Another clip may begin with it. */
  readonly joint: boolean;
}

export type BatchedPart = Exclude<SpeechPart, { type: 'audio' }> | SourceBatch;

const BATCHES_PER_SECOND = 10;
/** 64 ms at 128 kbit/s; at the lowest rates still less than half a second, which bounds what comes out of it. */
const COMPRESSED_BATCH_BYTES = 1024;

/** 100 ms of `format`: smaller pieces cost a third more CPU each, larger ones hold up the other streams of the host. */
export function batchBytes(format: AudioFormat): number {
  const size = format.encoding === 'wav' ? 2 * format.channels : bytesPerSample(format);
  return size === undefined ? COMPRESSED_BATCH_BYTES : Math.ceil(format.sampleRateHz / BATCHES_PER_SECOND) * size;
}

/**
 * Audio in pieces of 100 ms, everything else as it comes and in its place. Never waits for more: the first audio goes
 * at once, and whatever there is goes as soon as the source has nothing ready. Throws `incomplete` when the source
 * ends without `complete`.
 */
export async function* sourceBatches(
  parts: AsyncIterator<SpeechPart>,
  format: AudioFormat,
): AsyncGenerator<BatchedPart> {
  const batch = new Batch(batchBytes(format));
  let completed = false;
  let pull = parts.next();
  for (;;) {
    if (batch.length > 0 && !(await readyNow(pull))) yield* batch.flush();
    const pulled = await pull;
    if (pulled.done) break;
    const part = pulled.value;
    if (part.type === 'audio') {
      if (part.segment !== batch.segment) yield* batch.flush();
      yield* batch.add(part.data, part.segment);
    } else {
      yield* batch.flush();
      batch.mark(part);
      completed ||= part.type === 'complete';
      yield part;
    }
    pull = parts.next();
  }
  if (!completed) throw incompleteAudio('ended without its end mark');
}

/** Whether `pull` settles without waiting for anything outside this process. */
async function readyNow(pull: Promise<unknown>): Promise<boolean> {
  const settled = pull.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, nextTurn(false)]);
}

class Batch {
  segment = 0;
  length = 0;
  private pieces: Buffer[] = [];
  private begun = false;
  private joint = false;

  constructor(private readonly maxBytes: number) {}

  *add(data: Buffer, segment: number): Generator<SourceBatch> {
    this.segment = segment;
    for (let at = 0; at < data.length;) {
      const piece = data.subarray(at, at + this.maxBytes - this.length);
      at += piece.length;
      this.pieces.push(piece);
      this.length += piece.length;
      if (this.length >= this.maxBytes || !this.begun) yield* this.flush();
    }
  }

  mark(part: SpeechPart): void {
    if (part.type === 'segment' || part.type === 'seam') this.joint = this.begun;
  }

  *flush(): Generator<SourceBatch> {
    const [first] = this.pieces;
    if (first === undefined) return;
    const data = this.pieces.length === 1 ? first : Buffer.concat(this.pieces);
    this.pieces = [];
    this.length = 0;
    this.begun = true;
    const { segment, joint } = this;
    this.joint = false;
    yield { type: 'batch', data, segment, joint };
  }
}
