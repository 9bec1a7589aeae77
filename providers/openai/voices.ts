import { SpeechError } from '../../src/core/speech-error.js';
import type { Voice } from '../../src/core/voice.js';
import { kokoroVoice } from '../_shared/kokoro-voice.js';
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
    const listed = await this.ask(signal);
    this.known = listed.flatMap((card) => listedVoice(card) ?? []);
    return this.known.map((voice) => this.describe(voice));
  }

  /** The voice of a request. Throws `not_found` where the voices are known and it is none of them; else the server judges. */
  find(id: string | undefined, provider: string): ConfiguredVoice {
    const voice = id === undefined ? this.known?.[0] : this.known?.find((known) => known.id === id);
    if (voice) return voice;
    if (id !== undefined && (this.any || !this.known?.length)) return { id };
    throw new SpeechError('not_found', `There is no voice ${provider}/${id ?? ''}.`, { param: 'voice', provider });
  }

  private describe({ id, name, languages, gender }: ConfiguredVoice): Voice {
    const told = kokoroVoice(id);
    const known = gender ?? told?.gender;
    return {
      id,
      name: name ?? id,
      languages: languages ?? told?.languages ?? this.options.languages ?? (this.ownVoices ? OPENAI_LANGUAGES : ['en']),
      ...(known && { gender: known }),
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

function listedVoice({ id, voice_id, name, language, gender }: VoiceCard): ConfiguredVoice | undefined {
  const found = id ?? voice_id ?? name;
  if (found === undefined) return undefined;
  const known = gender === 'female' || gender === 'male' ? gender : undefined;
  return {
    id: found,
    ...(name && { name }),
    ...(language && { languages: [language] }),
    ...(known && { gender: known }),
  };
}
