import { resolve } from 'node:path';
import { abortable, linkedAbort } from '../../src/core/abort.js';
import type { CallContext } from '../../src/core/call-context.js';
import type { HostPool } from '../../src/core/host.js';
import type { Provider, ProviderContext, ProviderHealth } from '../../src/core/provider.js';
import { isSpeechError, SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart, TimingPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { SpeechTally } from '../../src/core/speech-tally.js';
import type { Voice } from '../../src/core/voice.js';
import { acceptRequest, settingsOf, type Accepted } from './accept-request.js';
import { inferenceRun } from './inference-run.js';
import type { InferenceEvent } from './inference/inference-job.js';
import { VoiceLibrary } from './library/voice-library.js';
import { manifest } from './manifest.js';
import type { OnnxOptions } from './options.js';
import { ReadText } from './read-text.js';
import type { SpokenSentence } from './text/text-job.js';
import { timingsOf } from './word-timings.js';
import { WorkerCrew } from './worker-crew.js';

/** Neural voices from a folder of ONNX files, spoken in processes of their own. */
export class OnnxProvider implements Provider {
  readonly id: string;
  readonly manifest = manifest;
  private readonly textPool: HostPool;
  private readonly library: VoiceLibrary;
  private readonly crew: WorkerCrew;
  private readonly text: ReadText;

  constructor(
    private readonly options: OnnxOptions,
    private readonly context: ProviderContext,
  ) {
    const { id, hosts, log } = context;
    this.id = id;
    this.textPool = hosts.pool({
      name: `${id}-text`,
      module: new URL('./text/text-engine.js', import.meta.url),
      hosts: 1,
      jobsPerHost: 64,
      maxQueued: 10_000,
    });
    const root = resolve(options.voices_dir);
    this.library = new VoiceLibrary(this.textPool, { root, watch: options.watch, log, provider: id });
    this.text = new ReadText(this.textPool);
    this.crew = new WorkerCrew(options, context);
    this.open().catch((error: unknown) =>
      log.warn({ provider: id, err: error }, 'local voices are not ready to speak'),
    );
  }

  readonly speak = (request: SpeechRequest, call: CallContext): AsyncIterableIterator<SpeechPart> =>
    abortable(this.parts(request, call), call.signal);

  voices(): Promise<readonly Voice[]> {
    return this.library.voices();
  }

  health(): Promise<ProviderHealth> {
    const { refused, modelCount } = this.library;
    const crew = this.crew.health();
    const details = { ...crew.details, models: modelCount, refused };
    const common = {
      modelLoaded: crew.modelLoaded,
      details,
      ...(crew.device !== undefined && { device: crew.device }),
    };
    if (crew.failure !== undefined) return Promise.resolve({ state: 'down', reason: crew.failure, ...common });
    if (modelCount === 0) {
      const reason = refused[0]
        ? `no file can speak: ${refused[0].id}: ${refused[0].reason}`
        : 'there are no voices in the folder';
      return Promise.resolve({ state: 'degraded', reason, ...common });
    }
    const findings = [
      ...(crew.finding === undefined ? [] : [crew.finding]),
      ...refused.map(({ id, reason }) => `${id}: ${reason}`),
    ];
    return Promise.resolve({
      state: 'ok',
      ...(findings.length > 0 && { reason: findings.slice(0, 5).join('; ') }),
      ...common,
    });
  }

  async close(): Promise<void> {
    this.library.close();
    await Promise.all([this.crew.close(), this.textPool.close()]);
  }

  private async open(): Promise<void> {
    const voices = await this.library.voices();
    if (voices.some(({ available }) => available)) await this.crew.start();
    for (const id of this.options.preload) await this.warmUp(id);
  }

  /** Loads a voice and lets it speak into the void. */
  private async warmUp(id: string): Promise<void> {
    const call: CallContext = {
      sessionId: `warm-up ${id}`,
      requestId: `warm-up ${id}`,
      transport: 'cli',
      signal: AbortSignal.timeout(120_000),
      receivedAtMs: performance.now(),
      log: this.context.log,
    };
    const startedMs = performance.now();
    try {
      for await (const part of this.parts(warmUpRequest(id), call)) void part;
      const { log } = this.context;
      log.info({ provider: this.id, voice: id, ms: Math.round(performance.now() - startedMs) }, 'voice is loaded');
    } catch (error) {
      this.context.log.warn({ provider: this.id, voice: id, err: error }, 'voice could not be loaded at the start');
    }
  }

  private async *parts(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart> {
    const accepted = await acceptRequest(request, this.library, this.id);
    const stop = linkedAbort(call.signal);
    try {
      const sentences = await this.text.sentences(accepted.voice, request, stop.signal);
      yield* this.spoken(request, call, accepted, sentences, stop.signal);
    } catch (error) {
      if (isSpeechError(error) && error.code === 'unsupported' && error.param === 'voice') {
        this.library.markBroken(accepted.voice.file, error.message);
      }
      throw isSpeechError(error) ? error.with({ provider: this.id }) : error;
    } finally {
      stop.abort(new SpeechError('cancelled', 'The speech is over.'));
      stop.dispose();
    }
  }

  private async *spoken(
    request: SpeechRequest,
    call: CallContext,
    accepted: Accepted,
    sentences: readonly SpokenSentence[],
    signal: AbortSignal,
  ): AsyncGenerator<SpeechPart> {
    const { voice, warnings } = accepted;
    const { sampleRateHz, recipe } = voice.file;
    const tally = new SpeechTally(call, this.id, `${this.id}/${voice.id}`);
    const wish = {
      model: recipe,
      session: call.sessionId,
      batch: request.priority === 'batch',
      byMs: request.deadlineMs === undefined ? undefined : call.receivedAtMs + request.deadlineMs,
      signal,
    };
    const speech = { model: recipe, sentences, ...settingsOf(accepted, request, this.options) };
    const events = sentences.length === 0 ? none() : inferenceRun(this.crew.dispatcher, wish, speech);
    let started = false;
    let due: TimingPart[] = [];
    for await (const event of events) {
      // The length of the first sentence is there before its sound: a single one has a true length from the start.
      if (!started)
        yield { ...tally.start({ encoding: 'pcm16', sampleRateHz, warnings }), ...lengthOf(event, sentences) };
      started = true;
      if (event.kind === 'sentence') {
        const span = { bounds: event.bounds, samples: event.samples, startMs: tally.audioMs, sampleRateHz };
        const sentence = sentences[event.index];
        if (sentence) due.push(...timingsOf(sentence, span, request.text, request.timings));
      } else if (event.kind === 'audio') {
        const endMs = tally.audioMs + (event.pcm.length / 2 / sampleRateHz) * 1000;
        yield* due.filter(({ startMs }) => startMs < endMs);
        due = due.filter(({ startMs }) => startMs >= endMs);
        yield tally.audio(Buffer.from(event.pcm.buffer, event.pcm.byteOffset, event.pcm.length));
      }
    }
    if (!started) yield tally.start({ encoding: 'pcm16', sampleRateHz, warnings });
    yield* due;
    yield tally.complete(request.text.length);
  }
}

async function* none(): AsyncGenerator<InferenceEvent> {}

function lengthOf(event: InferenceEvent, sentences: readonly unknown[]): { totalSamples?: number } {
  return event.kind === 'sentence' && sentences.length === 1 ? { totalSamples: event.samples } : {};
}

function warmUpRequest(voice: string): SpeechRequest {
  return {
    text: 'ka la mi to 1',
    markup: 'plain',
    voice,
    targetFormat: 'pcm16',
    speed: 1,
    pitch: 0,
    volume: 0,
    timings: 'none',
    substitute: 'never',
    cache: 'bypass',
    priority: 'realtime',
    providerOptions: {},
    metadata: {},
  };
}
