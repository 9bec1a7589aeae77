import { SpeechError } from '../../src/core/speech-error.js';
import type { Voice } from '../../src/core/voice.js';
import { manifest } from './manifest.js';
import type { WireVoice } from './wire.js';

/** A voice that is not known is looked for again, but no more often than this. */
const REFRESH_MS = 30_000;

/** The server's voices, remembered, so that a speech does not have to ask for them. */
export class TemplateVoices {
  private known: readonly Voice[] = [];
  private fetchedAtMs = -Infinity;

  constructor(
    private readonly provider: string,
    private readonly fetch: (signal: AbortSignal) => Promise<readonly WireVoice[]>,
  ) {}

  async list(signal: AbortSignal): Promise<readonly Voice[]> {
    this.known = (await this.fetch(signal)).map(toVoice);
    this.fetchedAtMs = performance.now();
    return this.known;
  }

  /** Throws `not_found` for an unknown voice and `unsupported` for a language that it does not speak. */
  async find(id: string | undefined, language: string | undefined, signal: AbortSignal): Promise<Voice> {
    const found = (): Voice | undefined => this.known.find((voice) => voice.id === id);
    if (!found() && performance.now() - this.fetchedAtMs > REFRESH_MS) await this.list(signal);
    const voice = found();
    if (!voice) throw new SpeechError('not_found', `There is no voice ${this.provider}/${id}.`, { param: 'voice' });
    if (language === undefined || voice.languages.some((spoken) => overlaps(spoken, language))) return voice;
    const message = `${this.provider}/${voice.id} speaks ${voice.languages.join(', ')}, not ${language}.`;
    throw new SpeechError('unsupported', message, { param: 'language' });
  }
}

function toVoice({ id, name, language, gender, sample_rate }: WireVoice): Voice {
  return {
    id,
    name: name ?? id,
    languages: [language],
    ...(gender !== undefined && { gender }),
    nativeFormat: 'pcm16',
    sampleRateHz: sample_rate,
    streaming: true,
    textStreaming: manifest.textStreaming,
    timings: manifest.timings,
    ssml: manifest.ssml,
    available: true,
  };
}

/** `en` and `en-GB` are one language to a listener, `en-US` and `en-GB` are not. */
function overlaps(spoken: string, asked: string): boolean {
  const [a, b] = [`${spoken.toLowerCase()}-`, `${asked.toLowerCase()}-`];
  return a.startsWith(b) || b.startsWith(a);
}
