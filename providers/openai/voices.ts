import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import type { Voice } from '../../src/core/voice.js';
import { kokoroVoice } from '../_shared/kokoro-voice.js';
import { requireLanguage } from '../_shared/require-language.js';
import type { ConfiguredVoice, OpenAiOptions } from './options.js';
import type { VoiceCard } from './wire.js';

const OPENAI_VOICES = 'alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse'.split(' ');

/** https://platform.openai.com/docs/guides/text-to-speech: every voice speaks the languages of Whisper. */
const OPENAI_LANGUAGES = (
  'en af ar hy az be bs bg ca zh hr cs da nl et fi fr gl de el he hi hu is id it ja kn kk ko lv lt mk ms mr mi ne no ' +
  'fa pl pt ro ru sr sk sl es sw sv tl ta th tr uk ur vi cy'
).split(' ');

/** The voices of one server: those of its config, or those it lists. */
export class OpenAiVoices {
  private readonly any: boolean;
  private readonly ownVoices: boolean;
  private known: readonly ConfiguredVoice[] | undefined;

  constructor(
    private readonly options: OpenAiOptions,
    private readonly ask: (signal: AbortSignal) => Promise<readonly VoiceCard[]>,
  ) {
    this.ownVoices = options.flavour === 'azure' || new URL(options.base_url).hostname.endsWith('.openai.com');
    const voices = (options.voices ?? (this.ownVoices ? OPENAI_VOICES : undefined))?.map((voice) =>
      typeof voice === 'string' ? { id: voice } : voice,
    );
    this.any = voices?.some(({ id }) => id === '*') ?? false;
    this.known = voices?.filter(({ id }) => id !== '*');
  }

  /** Asks the server each time where the config names no voices. */
  async list(signal: AbortSignal): Promise<readonly Voice[]> {
    if (this.options.voices || this.ownVoices) return (this.known ?? []).map((voice) => this.describe(voice));
    this.known = await this.ask(signal);
    return this.known.map((voice) => this.describe(voice));
  }

  /** Throws `not_found` or `unsupported` where the voices are known and none is asked for; else the server judges. */
  find({ voice: id, language }: SpeechRequest, provider: string): ConfiguredVoice {
    const named = this.known?.find((known) => known.id === id);
    const voice = named ?? (id === undefined || id === 'default' ? this.known?.[0] : undefined);
    if (voice) {
      requireLanguage(language, this.languages(voice), `${provider}/${voice.id}`);
      return voice;
    }
    if (id !== undefined && (this.any || !this.known?.length)) return { id };
    throw new SpeechError('not_found', `There is no voice ${provider}/${id ?? ''}.`, { param: 'voice', provider });
  }

  private languages({ id, languages }: ConfiguredVoice): readonly string[] {
    const assumed = this.options.languages ?? (this.ownVoices ? OPENAI_LANGUAGES : ['en']);
    return languages ?? kokoroVoice(id)?.languages ?? assumed;
  }

  private describe(voice: ConfiguredVoice): Voice {
    const { id, name = id, gender = kokoroVoice(id)?.gender } = voice;
    return {
      id,
      name,
      languages: this.languages(voice),
      ...(gender && { gender }),
      nativeFormat: this.options.formats[0] ?? 'pcm16',
      sampleRateHz: this.options.pcm_sample_rate_hz,
      streaming: true,
      textStreaming: false,
      timings: [],
      ssml: false,
      available: true,
    };
  }
}
