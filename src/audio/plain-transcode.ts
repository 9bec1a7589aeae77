import type { SpeechPart } from '../core/speech-part.js';
import { Conversion } from './conversion.js';
import { createPlainDecoder } from './decoder.js';
import { createPlainEncoder } from './encoder.js';
import { incompleteAudio } from './incomplete-audio.js';
import { OutputParts, startIn } from './output-parts.js';
import { SincResampler } from './resampler.js';
import { SegmentMark } from './segment-mark.js';
import type { TranscodeRun } from './transcode-run.js';

/**
 * PCM and WAV into each other, in this process: it costs less than the way to a host. Resamples only where a WAV's own
 * header contradicts the rate that was announced.
 */
export async function* plainTranscode(run: TranscodeRun): AsyncGenerator<SpeechPart> {
  const { start, parts, from, to, lengthMs } = run;
  const conversion = new Conversion({
    encoder: createPlainEncoder(to, lengthMs),
    sampleRateHz: to.sampleRateHz,
    resampler: (fromHz, toHz) => new SincResampler(fromHz, toHz),
  });
  const decoder = createPlainDecoder(from, conversion.sink);
  const output = new OutputParts();
  const mark = new SegmentMark();
  yield startIn(start, to);
  for await (const part of parts) {
    if (part.type === 'audio') {
      if (mark.takeJoint()) decoder.joint();
      decoder.push(part.data);
      const segment = mark.oldest(part.segment);
      const data = conversion.take();
      if (data.length > 0) yield output.audio(data, mark.release(segment));
    } else if (part.type === 'complete') {
      if (mark.sawAudio) decoder.end();
      const rest = conversion.finish();
      if (rest.length > 0) yield output.audio(rest, mark.release(mark.oldest(mark.last)));
      run.onHeard(conversion.heard);
      yield output.complete(part, conversion.heard.audioMs);
      return;
    } else {
      mark.pass(part);
      yield part;
    }
  }
  throw incompleteAudio('ended without its end mark');
}
