import type { CallContext } from '../../src/core/call-context.js';
import type { Provider, ProviderContext, ProviderHealth, ProviderManifest } from '../../src/core/provider.js';
import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { SpeechTally } from '../../src/core/speech-tally.js';
import type { Voice } from '../../src/core/voice.js';
import { askedFormat } from '../_shared/asked-format.js';
import { AudioIntake } from '../_shared/audio-intake.js';
import { matchesName } from '../_shared/name-pattern.js';
import { ownOptions } from '../_shared/own-options.js';
import { pushedSpeech, type SpeechOutlet } from '../_shared/pushed-speech.js';
import { receiveSpeech } from '../_shared/receive-speech.js';
import { RecentOutcomes } from '../_shared/recent-outcomes.js';
import { headerOf } from '../_shared/retry-after.js';
import { OpenAiClient } from './client.js';
import { manifestFor } from './manifest.js';
import { requestOptions, type ConfiguredVoice, type OpenAiOptions } from './options.js';
import { OpenAiVoices } from './voices.js';
import { readSpeechEvent, responseFormat, type SpeechBody } from './wire.js';

/** The models of OpenAI that know neither instructions nor events. */
const PLAIN_MODEL = /^tts-1(-hd)?(-|$)/;

/** Any server that speaks `POST /audio/speech`. */
export class OpenAiProvider implements Provider {
  readonly id: string;
  readonly manifest: ProviderManifest;
  private readonly client: OpenAiClient;
  private readonly voiceList: OpenAiVoices;
  private readonly outcomes = new RecentOutcomes();

  constructor(
    private readonly options: OpenAiOptions,
    { id, log }: ProviderContext,
  ) {
    this.id = id;
    this.manifest = manifestFor(options);
    this.client = new OpenAiClient(options, id, log);
    this.voiceList = new OpenAiVoices(options, (signal) => this.client.voices(signal));
  }

  readonly speak = (request: SpeechRequest, call: CallContext): AsyncIterableIterator<SpeechPart> =>
    pushedSpeech({
      signal: call.signal,
      provider: this.id,
      open: (outlet) => this.open(request, call, outlet),
      settled: (failure) => this.outcomes.record(failure),
    });

  voices(signal: AbortSignal): Promise<readonly Voice[]> {
    return this.voiceList.list(signal);
  }

  health(): Promise<ProviderHealth> {
    return Promise.resolve(this.outcomes.health());
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async open(request: SpeechRequest, call: CallContext, outlet: SpeechOutlet): Promise<void> {
    const voice = this.voiceList.find(request, this.id);
    const { body, asked, warnings } = this.plan(request, voice);
    const stream = await this.client.speech(body, outlet.departure);
    const redact = (said: string): string => this.client.redact(said, request.text);
    const intake = new AudioIntake({
      outlet,
      tally: new SpeechTally(call, this.id, `${this.id}/${voice.id}`),
      asked,
      contentType: headerOf(stream.headers, 'content-type') ?? '',
      warnings,
      characters: request.text.length,
      redact,
    });
    const { trust_close: trustClose } = this.options;
    receiveSpeech({ stream, intake, outlet, provider: this.id, trustClose, redact, readEvent: readSpeechEvent });
  }

  /** What is sent for a request, and which of its wishes are not. Throws what can be refused without asking. */
  private plan(request: SpeechRequest, voice: ConfiguredVoice) {
    const { text, speed, instructions, markup } = request;
    if (markup === 'ssml') throw new SpeechError('unsupported', `${this.id} reads no SSML.`, { param: 'ssml' });
    const own = ownOptions(requestOptions, request, this.manifest.type);
    const model = this.model(own.model ?? request.model);
    const plain = PLAIN_MODEL.test(model);
    const asked = askedFormat(request, this.options.formats, this.options.pcm_sample_rate_hz);
    const { stream_format = this.options.stream_format } = own;
    const body: SpeechBody = {
      model,
      input: text,
      voice: voice.custom ? { id: voice.id } : voice.id,
      response_format: responseFormat(asked.encoding),
      ...(speed !== 1 && { speed }),
      ...(instructions !== undefined && !plain && { instructions }),
      ...(stream_format !== 'auto' && !plain && { stream_format }),
    };
    const unheard = plain && instructions !== undefined;
    return { body, asked, warnings: unheard ? [`instructions is not honoured by the model ${model}`] : [] };
  }

  private model(named: string | undefined): string {
    const { models, model: preferred = models.find((name) => !name.includes('*')) } = this.options;
    const model = named ?? preferred ?? '';
    const known = models.length === 0 || [...models, preferred].some((name) => matchesName(name ?? '', model));
    if (known && model !== '') return model;
    throw new SpeechError('not_found', `${this.id} has no model "${model}".`, { param: 'model', provider: this.id });
  }
}
