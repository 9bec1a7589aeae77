import type { AudioFormat } from '../core/audio-format.js';
import type { HostJob, HostOutput } from '../core/host.js';
import { isSpeechError, SpeechError } from '../core/speech-error.js';
import type { CodecKit } from './codec-kit.js';
import { Conversion, type HeardAudio } from './conversion.js';
import { createDecoder } from './decoder.js';
import { createEncoder } from './encoder.js';
import type { AudioDecoder } from './pcm.js';

/** What a codec host is asked to do; structured-clone values, like everything that goes to and fro. */
export interface CodecJobSpec {
  readonly from: AudioFormat;
  readonly to: AudioFormat;
  readonly lengthMs?: number;
}

export interface CodecInput {
  readonly data: Uint8Array;
  /** The data may begin another clip. */
  readonly joint: boolean;
}

/** One for each input, in order, possibly with no bytes; then one for the end, with `heard`. */
export interface CodecOutput {
  readonly data: Uint8Array;
  readonly heard?: HeardAudio;
}

interface Works {
  readonly decoder: AudioDecoder;
  readonly conversion: Conversion;
  /** Whether any byte has come: a speech of nothing but a full stop may have none, and is no error. */
  begun: boolean;
}

/**
 * One speech in a codec host: answers each input with what it yielded, so that the gateway can keep parts in order.
 * The host pushes one input at a time and waits for it.
 */
export function codecJob(spec: CodecJobSpec, kit: CodecKit, output: HostOutput): HostJob {
  const works = openWorks(spec, kit);
  const { promise: ended, resolve, reject } = settlement();
  works.catch((error: unknown) => reject(asSpeechError(error)));
  const step = async (work: (works: Works) => CodecOutput): Promise<void> => {
    try {
      const payload = work(await works);
      output.emit(payload, payload.data.length);
    } catch (error) {
      reject(asSpeechError(error));
    }
  };
  return {
    push: (payload) => step((open) => convert(open, payload as CodecInput)),
    end: async () => {
      if (!output.cancelled) await step(finish);
      resolve();
    },
    run: closing(ended, works),
  };
}

/** Native memory is given back however the job ends, and before the host hears of it. */
async function closing(ended: Promise<void>, works: Promise<Works>): Promise<void> {
  try {
    await ended;
  } finally {
    await works.then(close, () => undefined);
  }
}

async function openWorks({ from, to, lengthMs }: CodecJobSpec, kit: CodecKit): Promise<Works> {
  const encoder = await createEncoder(to, kit, lengthMs);
  const conversion = new Conversion({ encoder, sampleRateHz: to.sampleRateHz, resampler: kit.resampler });
  try {
    return { decoder: await createDecoder(from, kit, conversion.sink), conversion, begun: false };
  } catch (error) {
    conversion.close();
    throw error;
  }
}

function convert(works: Works, { data, joint }: CodecInput): CodecOutput {
  works.begun = true;
  if (joint) works.decoder.joint();
  works.decoder.push(data);
  return { data: works.conversion.take() };
}

function finish({ decoder, conversion, begun }: Works): CodecOutput {
  if (begun) decoder.end();
  return { data: conversion.finish(), heard: conversion.heard };
}

function close({ decoder, conversion }: Works): void {
  decoder.close();
  conversion.close();
}

function asSpeechError(error: unknown): SpeechError {
  if (isSpeechError(error)) return error;
  return new SpeechError('internal', 'The audio could not be converted.', { cause: error });
}

interface Settlement {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A promise and its ends; the first one counts. */
function settlement(): Settlement {
  let resolve = (): void => {};
  let reject = (_error: unknown): void => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
