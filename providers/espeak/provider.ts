import { abortable } from '../../src/core/abort.js';
import type { CallContext } from '../../src/core/call-context.js';
import type { HostPool } from '../../src/core/host.js';
import type { Provider, ProviderContext, ProviderHealth } from '../../src/core/provider.js';
import { isSpeechError, SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { SpeechTally } from '../../src/core/speech-tally.js';
import { espeakDocument } from './document.js';
import type { EngineCatalogue, EngineFrame, EngineJob } from './engine-job.js';
import { speaks } from './languages.js';
import { manifest, SAMPLE_RATE_HZ } from './manifest.js';
import type { EspeakOptions } from './options.js';
import { espeakProsody } from './prosody.js';
import { TimingReader } from './timings.js';
import { EspeakVoices, type FoundVoice } from './voices.js';

/** Utterances one host holds; it makes one at a time, the others are waiting for their readers. */
const JOBS_PER_HOST = 32;
const DEFAULT_VOICE = 'en-us';

/** espeak-ng in host processes, which are started at once so that the first utterance finds a warm engine. */
export class EspeakProvider implements Provider {
  readonly id: string;
  readonly manifest = manifest;
  private readonly pool: HostPool;
  private loading: Promise<EspeakVoices> | undefined;
  private failure: string | undefined;

  constructor(
    private readonly options: EspeakOptions,
    { id, hosts, log }: ProviderContext,
  ) {
    this.id = id;
    this.pool = hosts.pool({
      name: id,
      module: new URL('./espeak-engine.js', import.meta.url),
      hosts: options.hosts,
      jobsPerHost: JOBS_PER_HOST,
      maxQueued: options.max_queued,
    });
    this.catalogue().catch((error: unknown) => log.warn({ provider: id, err: error }, 'espeak is not ready to speak'));
  }

  readonly speak = (request: SpeechRequest, call: CallContext): AsyncIterableIterator<SpeechPart> =>
    abortable(this.parts(request, call), call.signal);

  async voices(): Promise<EspeakVoices['list']> {
    return (await this.catalogue()).list;
  }

  health(): Promise<ProviderHealth> {
    const modelLoaded = this.pool.stats().ready > 0;
    const common = { device: 'cpu', modelLoaded };
    if (modelLoaded) return Promise.resolve({ state: 'ok', ...common });
    if (this.failure === undefined) {
      return Promise.resolve({ state: 'degraded', reason: 'the engine is being loaded', ...common });
    }
    return Promise.resolve({ state: 'down', reason: this.failure, ...common });
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async *parts(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart> {
    const voiceId = request.voice ?? DEFAULT_VOICE;
    const voice = await this.accept(request, voiceId);
    const { warnings, ...prosody } = espeakProsody(request);
    const document = espeakDocument(request.text, request.markup);
    const job: EngineJob = {
      kind: 'speak',
      utterance: { voice: voice.engineVoice, text: document.text, ...prosody },
      events: request.timings === 'none' ? 'marks' : 'all',
    };
    const tally = new SpeechTally(call, this.id, `${this.id}/${voiceId}`);
    // Opened before `start` is handed on: the engine works while the reader takes it.
    const frames = this.pool.open(job, call.signal)[Symbol.asyncIterator]() as AsyncIterator<EngineFrame>;
    const timings = new TimingReader(request, document);
    try {
      yield tally.start({ encoding: 'pcm16', sampleRateHz: SAMPLE_RATE_HZ, warnings });
      for (let step = await frames.next(); !step.done; step = await frames.next()) {
        const { pcm, events } = step.value;
        if (pcm.length > 0) yield tally.audio(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
        yield* timings.read(events);
      }
      yield* timings.end(Math.round(tally.audioMs));
      yield tally.complete(request.text.length);
    } catch (error) {
      throw isSpeechError(error) ? error.with({ provider: this.id }) : error;
    } finally {
      await frames.return?.();
    }
  }

  private async accept(request: SpeechRequest, voiceId: string): Promise<FoundVoice> {
    const ours = request.providerOptions[manifest.type];
    if (ours !== undefined && Object.keys(ours ?? {}).length > 0) {
      throw new SpeechError('invalid_request', 'espeak takes no options of its own.', {
        param: `provider_options.${manifest.type}`,
      });
    }
    const voice = (await this.catalogue()).find(voiceId);
    if (!voice) throw new SpeechError('not_found', `There is no voice ${this.id}/${voiceId}.`, { param: 'voice' });
    if (request.language !== undefined && !speaks(voice.languages, request.language)) {
      const spoken = voice.languages.join(', ');
      throw new SpeechError('unsupported', `${this.id}/${voiceId} speaks ${spoken}, not ${request.language}.`, {
        param: 'language',
      });
    }
    return voice;
  }

  /** Asked of the engine once; a failure is forgotten, so that the next caller tries again. */
  private catalogue(): Promise<EspeakVoices> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      this.failure = isSpeechError(error) ? error.message : String(error);
      throw error;
    });
    return this.loading;
  }

  private async load(): Promise<EspeakVoices> {
    const job: EngineJob = { kind: 'catalogue' };
    for await (const catalogue of this.pool.open(job, new AbortController().signal)) {
      this.failure = undefined;
      return new EspeakVoices(catalogue as EngineCatalogue, this.options.variants);
    }
    throw new SpeechError('upstream_failed', 'The espeak engine did not name its voices.', { provider: this.id });
  }
}
