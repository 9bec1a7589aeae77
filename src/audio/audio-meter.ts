import type { AudioFormat } from '../core/audio-format.js';
import { parseAdtsHeader } from './containers/adts.js';
import { parseMp3Header, parseMp3Tag } from './containers/mp3-frame.js';
import { OggOpusReader } from './containers/ogg-opus-reader.js';
import { OPUS_CLOCK_HZ } from './containers/opus-packet.js';
import { SyncedFrames } from './containers/synced-frames.js';
import { createPlainDecoder } from './decoder.js';
import { Loudness } from './loudness.js';
import { pcmMeter } from './pcm-meter.js';

/** Measures a stream of audio without decoding what is compressed: length always, loudness where samples are plain. */
export interface AudioMeter {
  push(bytes: Uint8Array): void;
  /** The next byte may begin another clip. */
  joint(): void;
  /** Throws `incomplete` when the stream stops inside a frame or has none. */
  end(): void;
  readonly audioMs: number;
  /** Undefined where the samples are not seen. */
  readonly dbfs: number | undefined;
}

/** A meter in constant memory. `push` throws `incomplete` for bytes that are not what `format` says. */
export function createAudioMeter(format: AudioFormat): AudioMeter {
  switch (format.encoding) {
    case 'mp3':
      return mp3Meter();
    case 'aac':
      return aacMeter();
    case 'opus':
      return opusMeter();
    case 'pcm16':
      return pcmMeter(format);
    default:
      return plainMeter(format);
  }
}

function plainMeter(format: AudioFormat): AudioMeter {
  const loudness = new Loudness();
  let audioMs = 0;
  const decoder = createPlainDecoder(format, (samples, sampleRateHz) => {
    loudness.add(samples);
    audioMs += (samples.length / sampleRateHz) * 1000;
  });
  return {
    push: (bytes) => decoder.push(bytes),
    joint: () => decoder.joint(),
    end: () => decoder.end(),
    get audioMs() {
      return audioMs;
    },
    get dbfs() {
      return loudness.dbfs;
    },
  };
}

function mp3Meter(): AudioMeter {
  // What a tag tells of delay and padding counts for its own clip only.
  let clip = { ms: 0, skipMs: 0, keepMs: Infinity };
  let earlierMs = 0;
  const clipMs = (): number => Math.min(Math.max(0, clip.ms - clip.skipMs), clip.keepMs);
  const frames = new SyncedFrames(parseMp3Header, (frame, header) => {
    const tag = parseMp3Tag(frame, header);
    const msPerSample = 1000 / header.sampleRateHz;
    if (tag === undefined) {
      clip.ms += header.samples * msPerSample;
      return;
    }
    earlierMs += clipMs();
    clip = { ms: 0, skipMs: tag.skip * msPerSample, keepMs: (tag.keep ?? Infinity) * msPerSample };
  });
  return framed(frames, () => earlierMs + clipMs());
}

function aacMeter(): AudioMeter {
  let audioMs = 0;
  const frames = new SyncedFrames(parseAdtsHeader, (_frame, header) => {
    audioMs += (header.samples / header.sampleRateHz) * 1000;
  });
  return framed(frames, () => audioMs);
}

function framed(frames: SyncedFrames, audioMs: () => number): AudioMeter {
  return {
    push: (bytes) => frames.push(bytes),
    joint: () => {},
    end: () => frames.end(),
    get audioMs() {
      return audioMs();
    },
    dbfs: undefined,
  };
}

function opusMeter(): AudioMeter {
  let clip = { samples: 0, preSkip: 0, keep: Infinity };
  let earlier = 0;
  const clipSamples = (): number => Math.min(Math.max(0, clip.samples - clip.preSkip), clip.keep);
  const reader = new OggOpusReader({
    onHead: ({ preSkip }) => {
      earlier += clipSamples();
      clip = { samples: 0, preSkip, keep: Infinity };
    },
    onPacket: (_packet, samples, keep) => {
      clip.samples += samples;
      if (keep !== undefined) clip.keep = keep;
    },
  });
  return {
    push: (bytes) => reader.push(bytes),
    joint: () => {},
    end: () => reader.end(),
    get audioMs() {
      return ((earlier + clipSamples()) / OPUS_CLOCK_HZ) * 1000;
    },
    dbfs: undefined,
  };
}
