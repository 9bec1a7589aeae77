import type { CataloguedVoice, VoiceListing } from '../registry/voice-catalogue.js';
import { SpeechError } from '../core/speech-error.js';
import type { GatewaySettings } from './gateway-settings.js';

export interface VoiceFilter {
  readonly provider?: string | undefined;
  /** Prefix match over whole subtags: `en` finds `en-GB`. */
  readonly language?: string | undefined;
  readonly gender?: string | undefined;
  /** Found in id, name or description, in any case. */
  readonly q?: string | undefined;
}

/** The voices of the configuration in force. */
export class VoiceLibrary {
  constructor(private readonly settings: () => GatewaySettings) {}

  async list(filter: VoiceFilter = {}): Promise<VoiceListing> {
    const listing = await this.settings().catalogue.list();
    return { ...listing, voices: listing.voices.filter((voice) => matches(voice, filter)) };
  }

  /** Throws `not_found`. */
  async get(fullId: string): Promise<CataloguedVoice> {
    const { voices } = await this.settings().catalogue.list();
    const voice = voices.find((candidate) => candidate.fullId === fullId);
    if (voice) return voice;
    throw new SpeechError('not_found', `There is no voice "${fullId}"; GET /v1/voices lists them.`, { param: 'voice' });
  }
}

function matches(voice: CataloguedVoice, { provider, language, gender, q }: VoiceFilter): boolean {
  return (
    (provider === undefined || voice.provider === provider) &&
    (gender === undefined || voice.gender === gender) &&
    (language === undefined || voice.languages.some((tag) => speaks(tag.toLowerCase(), language.toLowerCase()))) &&
    (q === undefined ||
      `${voice.fullId}\n${voice.name}\n${voice.description ?? ''}`.toLowerCase().includes(q.toLowerCase()))
  );
}

function speaks(tag: string, wanted: string): boolean {
  return tag === wanted || tag.startsWith(`${wanted}-`);
}
