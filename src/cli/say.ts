import { parseArgs } from 'node:util';
import { text as readAll } from 'node:stream/consumers';
import { AUDIO_ENCODINGS, type AudioEncoding } from '../core/audio-format.js';
import { SpeechError } from '../core/speech-error.js';
import { EXIT, UsageError, type ExitCode } from './exit-code.js';
import { openAudioOutput, type AudioOutput } from './audio-output.js';
import { inProcess, throughServer, UnreachableError } from './speech-source.js';

const ENDINGS: Readonly<Record<string, AudioEncoding>> = {
  pcm: 'pcm16',
  raw: 'pcm16',
  ogg: 'opus',
  ulaw: 'mulaw',
  ...Object.fromEntries(AUDIO_ENCODINGS.map((encoding) => [encoding, encoding])),
};
/** After this long without being done, standard error tells how far it is. */
const PROGRESS_AFTER_MS = 1000;

const OPTIONS = {
  voice: { type: 'string', short: 'v' },
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
  speed: { type: 'string' },
  url: { type: 'string' },
  config: { type: 'string' },
} as const;

/** Speaks one text to a file, a pipe or a player. */
export async function say(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('say needs a text, or "-" to read it from standard input.');
  const text = positionals.join(' ') === '-' ? await readAll(process.stdin) : positionals.join(' ');
  const request = {
    text,
    target_format: formatOf(values.format, values.output),
    ...(values.voice === undefined ? {} : { voice: values.voice }),
    ...(values.speed === undefined ? {} : { speed: speedOf(values.speed) }),
  };
  const source = values.url === undefined ? inProcess(values.config) : throughServer(values.url);
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort(new SpeechError('cancelled', 'Interrupted.'));
  process.once('SIGINT', onInterrupt);
  const output = await openAudioOutput(values.output, request.target_format);
  try {
    return await deliver(source(request, stop.signal), output);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function deliver(audio: AsyncIterable<Buffer>, output: AudioOutput): Promise<ExitCode> {
  const startedAt = performance.now();
  let bytes = 0;
  const progress = setInterval(() => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    process.stderr.write(`speaking: ${seconds} s, ${Math.round(bytes / 1024)} KiB\n`);
  }, PROGRESS_AFTER_MS);
  try {
    for await (const chunk of audio) {
      bytes += chunk.length;
      await output.write(chunk);
    }
    await output.close();
    return EXIT.ok;
  } catch (error) {
    await output.discard();
    if (!(error instanceof UnreachableError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.unreachable;
  } finally {
    clearInterval(progress);
  }
}

function formatOf(format: string | undefined, file: string | undefined): AudioEncoding {
  const ending = file?.includes('.') ? file.slice(file.lastIndexOf('.') + 1).toLowerCase() : 'wav';
  const name = format ?? ending;
  const encoding = Object.hasOwn(ENDINGS, name) ? ENDINGS[name] : undefined;
  if (encoding) return encoding;
  throw new UsageError(`"${name}" is no audio format; take one of ${AUDIO_ENCODINGS.join(', ')} with --format.`);
}

function speedOf(value: string): number {
  const speed = Number(value);
  if (Number.isFinite(speed)) return speed;
  throw new UsageError(`--speed is a number from 0.25 to 4, not "${value}".`);
}
