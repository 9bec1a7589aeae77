import type { CreateHostEngine, HostOutput } from '../../../src/core/host.js';
import { isSpeechError, SpeechError } from '../../../src/core/speech-error.js';
import { scanFolder } from '../voices/scan-folder.js';
import { StyleShelf } from '../voices/style-mix.js';
import { EspeakPhonemizer } from './espeak-phonemizer.js';
import type { SpokenText, TextJob } from './text-job.js';
import { toSentences } from './to-sentences.js';

/** Runs in a host process: reads voice files, which may be hostile, and turns text into ids. */
const createTextEngine: CreateHostEngine = () => {
  const styles = new StyleShelf();
  let espeak: Promise<EspeakPhonemizer> | undefined;
  const phonemizer = (): Promise<EspeakPhonemizer> => {
    espeak ??= loadEspeak();
    return espeak;
  };

  const sentences = async (job: TextJob & { kind: 'sentences' }, output: HostOutput): Promise<void> => {
    const found = await toSentences(job.frontend, job.text, job.timed, phonemizer);
    const frame = job.frontend.encoding.start.length + job.frontend.encoding.end.length;
    const answer: SpokenText = {
      sentences: found.map((sentence) => {
        if (job.styles.length === 0) return sentence;
        return { ...sentence, style: styles.row(job.styles, sentence.ids.length - frame) };
      }),
    };
    output.emit(answer, 1024);
  };

  const scan = async ({ root, skip }: TextJob & { kind: 'scan' }, output: HostOutput): Promise<void> => {
    for (const step of scanFolder(root, new Set(skip))) {
      if (output.cancelled) return;
      output.emit(step, 4096);
      // The name has to be out before the file is opened, lest nobody knows which one did the harm.
      await output.drained();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return Promise.resolve({
    open(given, output) {
      const job = given as TextJob;
      return { run: job.kind === 'scan' ? scan(job, output) : sentences(job, output).catch(fatal) };
    },
  });
};

export default createTextEngine;

async function loadEspeak(): Promise<EspeakPhonemizer> {
  try {
    return await EspeakPhonemizer.load();
  } catch (error) {
    throw new SpeechError(
      'unsupported',
      'This voice is read by espeak-ng, an optional package that is not installed.',
      {
        cause: error,
      },
    );
  }
}

// A trap inside WASM leaves the module unusable: the host goes down with it, and the pool starts a fresh one.
function fatal(error: unknown): never {
  if (error instanceof Error && error.name === 'RuntimeError') {
    setImmediate(() => {
      throw error;
    });
  }
  if (isSpeechError(error)) throw error;
  throw new SpeechError('upstream_failed', 'The text could not be turned into phonemes.', { cause: error });
}
