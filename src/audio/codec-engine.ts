import type { CreateHostEngine } from '../core/host.js';
import { SpeechError } from '../core/speech-error.js';
import type { CodecKit } from './codec-kit.js';
import { codecJob, type CodecJobSpec } from './codec-job.js';
import { Conversion } from './conversion.js';
import { createEncoder } from './encoder.js';
import { unsupportedReason, type EngineChoice } from './encoding-support.js';
import { negotiateFormat } from './negotiate-format.js';

export interface CodecEngineInit {
  readonly engine: EngineChoice;
}

/** The codec host's engine. The one place that loads codecs; the gateway's own process never does. */
const createCodecEngine: CreateHostEngine = async (init) => {
  const kit = await loadKit((init as CodecEngineInit).engine);
  await warmUp(kit);
  return { open: (job, output) => codecJob(job as CodecJobSpec, kit, output) };
};

export default createCodecEngine;

/** `auto` falls back where node-av is not installed or its binary does not load on this machine. */
async function loadKit(engine: EngineChoice): Promise<CodecKit> {
  if (engine === 'permissive') return (await import('./permissive/permissive-kit.js')).createKit();
  try {
    return (await import('./native/native-kit.js')).createKit();
  } catch (error) {
    if (engine === 'auto') return loadKit('permissive');
    throw new SpeechError('unavailable', 'The native audio engine was asked for, and node-av cannot be loaded.', {
      cause: error,
    });
  }
}

const WARM_UP = ['mp3', 'opus', 'aac'] as const;

/** A codec's first use builds tables and compiles code, 10 to 50 ms that no one's first audio should pay for. */
async function warmUp(kit: CodecKit): Promise<void> {
  for (const encoding of WARM_UP) {
    if (unsupportedReason(encoding, kit.name) !== undefined) continue;
    const { format } = negotiateFormat(encoding, undefined, 24_000);
    const encoder = await createEncoder(format, kit);
    const conversion = new Conversion({ encoder, sampleRateHz: format.sampleRateHz, resampler: kit.resampler });
    conversion.sink(new Int16Array(2205), 22_050);
    conversion.finish();
    conversion.close();
  }
}
