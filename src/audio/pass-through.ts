import { bytesPerSample, type AudioFormat } from '../core/audio-format.js';
import type { SpeechPart } from '../core/speech-part.js';
import { createAudioMeter } from './audio-meter.js';
import { incompleteAudio } from './incomplete-audio.js';
import { OutputParts } from './output-parts.js';
import type { TranscodeRun } from './transcode-run.js';

/** The source already is what was asked for: each chunk goes on as it came, and is only measured. */
export async function* passThrough({ start, parts, from }: TranscodeRun): AsyncGenerator<SpeechPart> {
  const output = new OutputParts();
  const meter = lengthMeter(from);
  let completed = false;
  yield start;
  for await (const part of parts) {
    if (part.type === 'audio') {
      meter?.push(part.data);
      yield output.audio(part.data, part.segment);
    } else if (part.type === 'complete') {
      completed = true;
      yield output.complete(part, meter?.audioMs() || part.audioMs);
    } else {
      yield part;
    }
  }
  if (!completed) throw incompleteAudio('ended without its end mark');
}

interface LengthMeter {
  push(bytes: Buffer): void;
  audioMs(): number;
}

/** Only where it is cheap: bytes or frame headers are counted; FLAC would have to be decoded, so its source is believed. */
function lengthMeter(format: AudioFormat): LengthMeter | undefined {
  if (format.encoding === 'flac') return undefined;
  const sampleBytes = bytesPerSample(format);
  if (sampleBytes === undefined) {
    const meter = createAudioMeter(format);
    return { push: (bytes) => meter.push(bytes), audioMs: () => meter.audioMs };
  }
  let total = 0;
  return {
    push: (bytes) => {
      total += bytes.length;
    },
    audioMs: () => (total / sampleBytes / format.sampleRateHz) * 1000,
  };
}
