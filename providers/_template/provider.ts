import { abortable } from '../../src/core/abort.js';
import type { CallContext } from '../../src/core/call-context.js';
import type { Provider, ProviderContext, ProviderHealth } from '../../src/core/provider.js';
import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { SpeechTally } from '../../src/core/speech-tally.js';
import type { Voice } from '../../src/core/voice.js';
import { TemplateClient } from './client.js';
import { manifest } from './manifest.js';
import { requestOptionsOf, type TemplateOptions } from './options.js';
import { TemplateVoices } from './voices.js';
import { speakBody } from './wire.js';

/** One server that speaks the protocol of `wire.ts`. */
export class TemplateProvider implements Provider {
  readonly id: string;
  readonly manifest = manifest;
  private readonly client: TemplateClient;
  private readonly shelf: TemplateVoices;

  constructor(options: TemplateOptions, { id }: ProviderContext) {
    this.id = id;
    this.client = new TemplateClient(options, id);
    this.shelf = new TemplateVoices(id, (signal) => this.client.voices(signal));
  }

  // `abortable` rejects a pull in flight at once; the client closes its socket by the same signal.
  readonly speak = (request: SpeechRequest, call: CallContext): AsyncIterableIterator<SpeechPart> =>
    abortable(this.parts(request, call), call.signal);

  voices(signal: AbortSignal): Promise<readonly Voice[]> {
    return this.shelf.list(signal);
  }

  health(): Promise<ProviderHealth> {
    return this.client.health().then(
      (): ProviderHealth => ({ state: 'ok' }),
      (): ProviderHealth => ({ state: 'down', reason: 'the server does not answer' }),
    );
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async *parts(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart, void, undefined> {
    // Everything that can be refused is refused before the server is asked to speak.
    if (request.markup === 'ssml') {
      throw new SpeechError('unsupported', `${this.id} does not read SSML.`, { param: 'ssml' });
    }
    const own = requestOptionsOf(request.providerOptions[manifest.type]);
    const voice = await this.shelf.find(request.voice, request.language, call.signal);
    const tally = new SpeechTally(call, this.id, `${this.id}/${voice.id}`);
    const answer = await this.client.speak(speakBody(request, voice.id, own), call.signal);
    yield tally.start({ encoding: 'pcm16', sampleRateHz: answer.sampleRateHz || voice.sampleRateHz });
    for await (const data of wholeSamples(answer.audio)) yield tally.audio(data);
    yield tally.complete(request.text.length);
  }
}

/** The network cuts where it likes: half a sample waits for its other byte. */
async function* wholeSamples(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const even = bytes.length & ~1;
    rest = Buffer.from(bytes.subarray(even));
    if (even > 0) yield bytes.subarray(0, even);
  }
}
