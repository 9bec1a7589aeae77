import { BoundedQueue } from '../core/bounded-queue.js';
import type { HostChannel, HostPool } from '../core/host.js';
import { linkedAbort } from '../core/abort.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { CompletePart, SpeechPart } from '../core/speech-part.js';
import type { CodecInput, CodecJobSpec, CodecOutput } from './codec-job.js';
import { OutputParts, startIn } from './output-parts.js';
import { asBuffer } from './pcm.js';
import { SegmentMark } from './segment-mark.js';
import { sourceBatches, type BatchedPart } from './source-batches.js';
import type { TranscodeRun } from './transcode-run.js';

/** Batches (100 ms each) that may be in the host or on their way back. More would be memory; fewer would be waiting. */
const MAX_AHEAD = 4;
/** Other parts are small, but not nothing. */
const PART_WEIGHT = 1 / 64;

/**
 * Sound to a host and back. The host answers each batch with the bytes it yielded, so one ordered queue of "batch sent"
 * and "part to pass on" keeps everything in its place: the feeder fills it while the source has more, the reader takes
 * a part as it is, and for a batch waits for the answer.
 */
export async function* hostedTranscode(run: TranscodeRun, pool: HostPool): AsyncGenerator<SpeechPart> {
  const scope = linkedAbort(run.call.signal);
  const { from, to, lengthMs } = run;
  const spec: CodecJobSpec = { from, to, ...(lengthMs === undefined ? {} : { lengthMs }) };
  yield startIn(run.start, to);
  const channel = pool.open(spec, scope.signal);
  const feeder = new Feeder(run, channel);
  try {
    yield* answers(feeder, channel, run);
  } finally {
    scope.abort(new SpeechError('cancelled', 'The reader left.'));
    scope.dispose();
    await feeder.stop();
  }
}

async function* answers(feeder: Feeder, channel: HostChannel, run: TranscodeRun): AsyncGenerator<SpeechPart> {
  const output = new OutputParts();
  const mark = new SegmentMark();
  const results = new Answers(channel, (error) => feeder.queue.fail(error));
  let complete: CompletePart | undefined;
  for await (const part of feeder.queue) {
    if (part.type === 'complete') complete = part;
    else if (part.type !== 'batch') yield part;
    else {
      const { data } = await results.next();
      const segment = mark.oldest(part.segment);
      if (data.length > 0) yield output.audio(asBuffer(data), mark.release(segment));
    }
  }
  if (complete === undefined) return;
  const heard = yield* lastAnswer(results, output, mark);
  run.onHeard(heard);
  yield output.complete(complete, heard.audioMs);
}

async function* lastAnswer(
  results: Answers,
  output: OutputParts,
  mark: SegmentMark,
): AsyncGenerator<SpeechPart, { audioMs: number; dbfs: number }> {
  const { data, heard } = await results.next();
  if (data.length > 0) yield output.audio(asBuffer(data), mark.release(mark.oldest(mark.last)));
  return heard ?? { audioMs: 0, dbfs: -Infinity };
}

/** What the host answers, one pull ahead: its death is noticed even while no answer is awaited. */
class Answers {
  private readonly results: AsyncIterator<unknown>;
  private upcoming: Promise<IteratorResult<unknown>>;

  constructor(
    channel: HostChannel,
    private readonly onFailure: (error: SpeechError) => void,
  ) {
    this.results = channel[Symbol.asyncIterator]();
    this.upcoming = this.pull();
  }

  async next(): Promise<CodecOutput> {
    const result = await this.upcoming;
    if (result.done) throw new SpeechError('internal', 'The audio host ended before the audio did.');
    this.upcoming = this.pull();
    return result.value as CodecOutput;
  }

  private pull(): Promise<IteratorResult<unknown>> {
    const result = this.results.next();
    result.catch((error: unknown) => this.onFailure(toSpeechError(error)));
    return result;
  }
}

/** Pulls the source as long as there is room ahead of the reader, and no further. */
class Feeder {
  readonly queue: BoundedQueue<BatchedPart>;
  private room: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly run: TranscodeRun,
    private readonly channel: HostChannel,
  ) {
    this.queue = new BoundedQueue({ maxBytes: MAX_AHEAD, onRoom: () => this.room?.() });
    void this.feed();
  }

  /** The reader has gone: the source is told to close, and whoever waits is woken. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.room?.();
    await this.queue.return();
  }

  private async feed(): Promise<void> {
    try {
      for await (const part of sourceBatches(this.run.parts, this.run.from)) {
        if (this.stopped) return;
        if (part.type === 'batch') await this.send(part);
        const goOn = this.queue.push(part, part.type === 'batch' ? 1 : PART_WEIGHT);
        if (!goOn && !this.stopped) await new Promise<void>((resolve) => (this.room = resolve));
      }
      this.channel.end();
      this.queue.end();
    } catch (error) {
      this.queue.fail(toSpeechError(error));
    }
  }

  private send({ data, joint }: { data: Buffer; joint: boolean }): Promise<void> {
    const input: CodecInput = { data, joint };
    return this.channel.send(input, data.length);
  }
}
