import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { abortable } from '../../src/core/abort.js';
import type { CallContext } from '../../src/core/call-context.js';
import type { Provider, ProviderHealth, ProviderManifest } from '../../src/core/provider.js';
import { abortReason, SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart, TimingPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { SpeechTally } from '../../src/core/speech-tally.js';
import type { Voice } from '../../src/core/voice.js';
import { manifest } from './manifest.js';
import { optionsFor, withoutFaults, type ToneOptions } from './options.js';
import { scriptOf } from './script.js';
import { timingsOf } from './timings.js';
import { ToneSynth } from './tone-synth.js';
import { textOf } from './written-text.js';
import { findVoice, voices } from './voices.js';

interface Utterance {
  readonly options: ToneOptions;
  readonly voice: Voice;
  readonly synth: ToneSynth;
}

/** Tones in place of a voice: the text can be decoded from the audio, and every fault of an upstream can be had. */
export class ToneProvider implements Provider {
  readonly manifest: ProviderManifest;

  constructor(
    private readonly options: ToneOptions,
    readonly id: string,
  ) {
    this.manifest = { ...manifest, textStreaming: options.text_streaming };
  }

  readonly speak = (request: SpeechRequest, call: CallContext): AsyncIterableIterator<SpeechPart> =>
    abortable(this.parts(request, call), call.signal);

  voices(): Promise<readonly Voice[]> {
    const { textStreaming } = this.manifest;
    return Promise.resolve(voices.map((voice) => ({ ...voice, textStreaming })));
  }

  health(): Promise<ProviderHealth> {
    return Promise.resolve({ state: 'ok' });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async *parts(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart> {
    const utterance = this.accept(request);
    const { options, voice, synth } = utterance;
    if (options.fail_before) throw this.failure(options);
    const { sampleRateHz } = voice;
    const tally = new SpeechTally(call, this.id, `${this.id}/${voice.id}`);
    const toMs = (samples: number): number => (samples / sampleRateHz) * 1000;
    yield tally.start({ encoding: 'pcm16', sampleRateHz });
    let startedAtMs = performance.now() + options.first_audio_ms;
    let from = 0;
    for await (const timings of grow(utterance, request)) {
      // Text that came late is not caught up with: nobody hears faster.
      startedAtMs = Math.max(startedAtMs, performance.now() - toMs(from));
      let next = 0;
      for (const step of scriptOf(options, synth.samples, sampleRateHz, from)) {
        await until(startedAtMs + (options.pace === 'realtime' ? toMs(step.from) : 0), call.signal);
        if (step.type === 'fail') throw this.failure(options);
        if (step.type === 'stall') await forever(call.signal);
        if (step.type !== 'audio') continue;
        from = step.from + step.count;
        for (let timing = timings[next]; timing && timing.startMs < toMs(from); timing = timings[(next += 1)])
          yield timing;
        yield tally.audio(audioOf(utterance, step.from, step.count));
      }
    }
    yield tally.complete(synth.characters);
  }

  private accept(request: SpeechRequest): Utterance {
    const { text, markup, speed, volume } = request;
    const voice = findVoice(this.id, request.voice, request.language);
    if (markup === 'ssml') throw new SpeechError('unsupported', 'tone does not read SSML.', { param: 'ssml' });
    requireLength(text.length);
    const told = optionsFor(this.options, request.providerOptions[manifest.type]);
    const options = text.includes(told.faults_in ?? '') ? told : withoutFaults(told);
    const characterMs = options.character_ms / speed;
    const synth = ToneSynth.growing({ sampleRateHz: voice.sampleRateHz, characterMs, gain: 1 + volume / 100 });
    return { options, voice, synth };
  }

  private failure({ error_code: code }: ToneOptions): SpeechError {
    return new SpeechError(code, `${this.id} fails with ${code}, as it was told to.`, { provider: this.id });
  }
}

/** Each time there is more to speak: the timings of what has been added. */
async function* grow({ synth, voice }: Utterance, request: SpeechRequest): AsyncGenerator<readonly TimingPart[]> {
  const characterMs = (synth.slot / voice.sampleRateHz) * 1000;
  for await (const text of textOf(request)) {
    const at = synth.characters;
    requireLength(at + text.length);
    synth.append(text);
    if (!request.textStream) synth.end();
    yield timingsOf(text, characterMs, request.timings, request.textStream ? at : undefined);
  }
  if (!request.textStream) return;
  synth.end();
  yield [];
}

function requireLength(characters: number): void {
  if (characters <= manifest.maxCharacters) return;
  const message = `tone takes at most ${manifest.maxCharacters} characters at once.`;
  throw new SpeechError('too_large', message, { param: 'text' });
}

function audioOf({ options, synth }: Utterance, from: number, count: number): Buffer {
  const samples = options.silence ? new Int16Array(count) : synth.render(from, count);
  return Buffer.from(samples.buffer);
}

/** Waits for a point of `performance.now()`; a schedule kept this way does not drift. */
async function until(dueMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = dueMs - performance.now();
  if (leftMs > 0) await wait(leftMs, undefined, { signal });
  // A reader that never leaves the microtasks would keep timers and sockets, and so its own abort, from happening.
  else await nextTurn();
}

async function forever(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  throw abortReason(signal);
}
