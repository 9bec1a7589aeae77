import { Controller, Get, Inject, Param } from '@nestjs/common';
import { SpeechError } from '../../core/speech-error.js';
import type { GatewaySettings } from '../../gateway/gateway-settings.js';
import type { VoiceLibrary } from '../../gateway/voice-library.js';
import { SETTINGS, VOICES } from '../tokens.js';

interface Model {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** What OpenAI clients and Open WebUI ask for to fill their lists. */
@Controller('v1')
export class OpenaiListingController {
  private readonly created = Math.floor(Date.now() / 1000);

  constructor(
    @Inject(SETTINGS) private readonly settings: () => GatewaySettings,
    @Inject(VOICES) private readonly voices: VoiceLibrary,
  ) {}

  @Get('models')
  models(): { object: 'list'; data: Model[] } {
    return { object: 'list', data: this.names().map((id) => this.model(id)) };
  }

  @Get('models/:id')
  oneModel(@Param('id') id: string): Model {
    if (this.names().includes(id)) return this.model(id);
    throw new SpeechError('not_found', `There is no model "${id}"; GET /v1/models lists them.`, { param: 'model' });
  }

  /** Open WebUI reads `models`; others read OpenAI's `data`. */
  @Get('audio/models')
  audioModels(): { object: 'list'; models: { id: string; name: string }[]; data: Model[] } {
    const names = this.names();
    return { object: 'list', models: names.map((id) => ({ id, name: id })), data: names.map((id) => this.model(id)) };
  }

  /** Names an OpenAI client may send as `voice`: aliases and routes first, then every full voice id. */
  @Get('audio/voices')
  async audioVoices(): Promise<{ object: 'list'; voices: { id: string; name: string }[] }> {
    const { routing } = this.settings();
    const aliases = [...Object.keys(routing.openaiVoices), ...Object.keys(routing.routes)];
    const { voices } = await this.voices.list();
    return {
      object: 'list',
      voices: [
        ...aliases.map((id) => ({ id, name: id })),
        ...voices.map(({ fullId, name }) => ({ id: fullId, name: `${name} (${fullId})` })),
      ],
    };
  }

  private names(): string[] {
    const { routing } = this.settings();
    const models = Object.keys(routing.openaiModels).filter((name) => !name.endsWith('*'));
    return [...new Set([...models, ...routing.providers])];
  }

  private model(id: string): Model {
    return { id, object: 'model', created: this.created, owned_by: 'tts-gateway' };
  }
}
