import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import type { SpeechPart, StartPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import {
  coquiModel,
  matchaModel,
  mmsModel,
  spectrumVocoderModel,
  styleModel,
  vocoderModel,
} from './fixtures/other-voices.js';
import { piperConfig, piperModel } from './fixtures/piper-voice.js';
import { expectedSamples, expectedWave } from './fixtures/sine-voice.js';
import { call, hear, request, type Heard } from './fixtures/speech.js';
import { SMALL } from './fixtures/vits-voice.js';
import { floatBytes, styleRows, VoicesFolder } from './fixtures/voices-folder.js';
import onnx from './index.js';

const hosts = createHostFactory();
const folder = new VoicesFolder();
const TEXT_VOICE = { phoneme_type: 'text', espeak: undefined };
let provider: Provider;

const say = (text: string, more: Partial<SpeechRequest> = {}): Promise<Heard> =>
  hear(provider.speak(request(text, more), call()));

/** Ids of a `text` voice with the symbols of the fixture: start, filler, each with a filler, end. */
const idsOf = (text: string, ids: Record<string, number[]>): number[] => [
  1,
  0,
  ...Array.from(text).flatMap((c) => [ids[c]?.[0] ?? -1, 0]),
  2,
];
const symbols = piperConfig()['phoneme_id_map'] as Record<string, number[]>;

beforeAll(async () => {
  folder.write('sine.onnx', piperModel());
  folder.write('sine.onnx.json', piperConfig(TEXT_VOICE));
  folder.write('ipa.onnx', piperModel());
  folder.write('ipa.onnx.json', piperConfig());
  folder.write('trio.onnx', piperModel({ speakers: 3 }));
  folder.write(
    'trio.onnx.json',
    piperConfig({ ...TEXT_VOICE, num_speakers: 3, speaker_id_map: { ann: 0, bo: 1, cy: 2 } }),
  );
  folder.write('vits.onnx', piperModel({ body: SMALL }));
  folder.write('vits.onnx.json', piperConfig({ ...TEXT_VOICE, inference: { noise_scale: 0.667, noise_w: 0.8 } }));
  folder.write('mms/onnx/model.onnx', mmsModel(SMALL));
  folder.write('mms/config.json', { model_type: 'vits', sampling_rate: 16_000 });
  folder.write('mms/vocab.json', { k: 0, a: 1, b: 2, ' ': 3 });
  folder.write('coqui/model.onnx', coquiModel());
  folder.write('coqui/config.json', {
    audio: { sample_rate: 22_050 },
    characters: { pad: '_', punctuations: '!,.? ', characters: 'abcde' },
  });
  folder.write('matcha/matcha.onnx', matchaModel());
  folder.write('matcha/hifigan.onnx', vocoderModel());
  folder.write('vocos/matcha2.onnx', matchaModel());
  folder.write('vocos/vocos.onnx', spectrumVocoderModel());
  folder.write('kokoro/model.onnx', styleModel({ layout: 'tokens', durations: true }));
  folder.write('kokoro/voices/af_one.bin', floatBytes(styleRows(1, 510)));
  folder.write('kokoro/voices/af_two.bin', floatBytes(styleRows(2, 510)));
  folder.write('broken.onnx', piperModel().subarray(0, 2000));
  folder.write('broken.onnx.json', piperConfig());
  const options = onnx.options.parse({ voices_dir: folder.root, workers: 2, threads: 1 });
  provider = await onnx.create(options, { id: 'local', hosts, log: silentLog });
  await provider.voices(new AbortController().signal);
});
afterAll(async () => {
  await provider.close();
  await hosts.close();
  folder.remove();
});

describe('local voices', () => {
  it('lists every speaker, and what cannot speak with the reason', async () => {
    const voices = await provider.voices(new AbortController().signal);
    expect(voices.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['sine', 'trio:ann', 'trio:cy', 'kokoro:af_one', 'mms', 'broken']),
    );
    expect(voices.find(({ id }) => id === 'broken')).toMatchObject({
      available: false,
      reason: expect.stringContaining('cut short'),
    });
    const health = await provider.health();
    expect(health).toMatchObject({ state: 'ok', reason: expect.stringContaining('broken: '), details: { models: 9 } });
  });

  it('speaks exactly what the graph computes for the ids of the text', async () => {
    const heard = await say('hello there', { voice: 'sine' });
    const expected = expectedWave(idsOf('hello there', symbols), { rateHz: 22_050 });
    expect(heard.start).toMatchObject({
      voice: 'local/sine',
      sampleRateHz: 22_050,
      totalSamples: expected.length,
      warnings: [],
    });
    expect(heard.samples.length).toBe(expected.length);
    for (const [i, sample] of heard.samples.entries()) expect(Math.abs(sample - (expected[i] ?? 0))).toBeLessThan(1e-4);
    expect(heard.complete).toMatchObject({ characters: 11, bytes: expected.length * 2 });
  });

  it('speaks every family', async () => {
    for (const [voice, text] of [
      ['ipa', 'Hello, world.'],
      ['vits', 'hello'],
      ['mms', 'Baba k!'],
      ['coqui', 'abc de.'],
      ['matcha', 'Hello.'],
      ['matcha2', 'Hello.'],
      ['kokoro:af_one', 'Hello there, friend.'],
    ] as const) {
      const heard = await say(text, { voice });
      expect(heard.samples.length, voice).toBeGreaterThan(2000);
      expect(Math.max(...heard.samples.map(Math.abs)), voice).toBeGreaterThan(0.001);
    }
  });

  it('honours speaker, speed and volume', async () => {
    const ids = idsOf('abc', symbols);
    const [second, slow, loud] = await Promise.all([
      say('abc', { voice: 'trio:bo' }),
      say('abc', { voice: 'sine', speed: 0.5 }),
      say('abc', { voice: 'sine', volume: 50 }),
    ]);
    const expected = expectedWave(ids, { rateHz: 22_050, factor: 1.5 });
    expect(Math.abs((second.samples[500] ?? 0) - (expected[500] ?? 0))).toBeLessThan(1e-4);
    expect(slow.samples.length).toBe(expectedSamples(ids, 2));
    expect(Math.max(...loud.samples)).toBeCloseTo(0.45, 2);
  });

  it('gives a voice without a pace of its own one', async () => {
    const [normal, fast] = [
      await say('ab ba ab ba', { voice: 'mms' }),
      await say('ab ba ab ba', { voice: 'mms', speed: 2 }),
    ];
    expect(normal.samples.length / fast.samples.length).toBeGreaterThan(1.5);
  });

  it('mixes styles', async () => {
    const one = await say('ab', { voice: 'kokoro:af_one' });
    const mixed = await say('ab', { voice: 'kokoro:af_one(1)+af_two(1)' });
    const zero = (heard: Heard): number =>
      heard.samples.reduce((count, s, i) => count + (s >= 0 && (heard.samples[i - 1] ?? 0) < 0 ? 1 : 0), 0);
    expect(zero(mixed) / zero(one)).toBeCloseTo(1.5, 1);
    await expect(say('ab', { voice: 'kokoro:af_one+nobody' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('times the words of the text as the graph does', async () => {
    const heard = await say('one two', { voice: 'sine', timings: 'phoneme' });
    const words = heard.timings.filter(({ kind }) => kind === 'word');
    expect(words.map(({ value, textStart, textEnd }) => [value, textStart, textEnd])).toEqual([
      ['one', 0, 3],
      ['two', 4, 7],
    ]);
    const before = expectedSamples(idsOf('one ', symbols).slice(0, -1));
    expect(words[1]?.startMs).toBeCloseTo((before / 22_050) * 1000, 1);
    expect(heard.timings.filter(({ kind }) => kind === 'phoneme').map(({ value }) => value)).toEqual(
      Array.from('onetwo'),
    );
    expect(words.every(({ source }) => source === 'native')).toBe(true);
  });

  it('times words that espeak runs together', async () => {
    const text = 'In the end of a day, 42 men came.';
    const heard = await say(text, { voice: 'ipa', timings: 'word' });
    const words = heard.timings.filter(({ kind }) => kind === 'word');
    expect(words.map(({ value }) => value)).toEqual(['In', 'the', 'end', 'of', 'a', 'day', '42', 'men', 'came']);
    for (const [i, word] of words.entries()) {
      expect(text.slice(word.textStart, word.textEnd)).toBe(word.value);
      expect(word.endMs).toBeGreaterThan(word.startMs);
      expect(word.startMs).toBeGreaterThanOrEqual(words[i - 1]?.endMs ?? 0);
    }
  });

  it('gives the same bytes for the same request, noise included, on every worker', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => say('the same again', { voice: 'vits' })));
    for (const heard of all) expect(heard.pcm.equals(all[0]?.pcm ?? Buffer.alloc(0))).toBe(true);
    const other = await say('the same again', { voice: 'vits', providerOptions: { onnx: { seed: 7 } } });
    expect(other.pcm.equals(all[0]?.pcm ?? Buffer.alloc(0))).toBe(false);
  });

  it('keeps 100 speeches at once apart', async () => {
    const texts = Array.from(
      { length: 100 },
      (_, i) => `${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10)]} ok`,
    );
    const heard = await Promise.all(texts.map((text) => say(text, { voice: 'sine' })));
    for (const [i, { samples }] of heard.entries()) {
      const expected = expectedWave(idsOf(texts[i] ?? '', symbols), { rateHz: 22_050 });
      expect(samples.length).toBe(expected.length);
      expect(samples.every((sample, at) => Math.abs(sample - (expected[at] ?? 0)) < 1e-4)).toBe(true);
    }
  });

  it('refuses what it cannot speak, before any audio', async () => {
    const refusal = async (text: string, more: Partial<SpeechRequest>): Promise<unknown> =>
      say(text, more).catch((error: unknown) => error);
    expect(await refusal('a', { voice: 'nobody' })).toMatchObject({ code: 'not_found', param: 'voice' });
    expect(await refusal('a', { voice: 'broken' })).toMatchObject({ code: 'unsupported', param: 'voice' });
    expect(await refusal('a', { voice: 'ipa', language: 'de' })).toMatchObject({
      code: 'unsupported',
      param: 'language',
    });
    expect(await refusal('<speak>a</speak>', { voice: 'sine', markup: 'ssml' })).toMatchObject({
      code: 'unsupported',
      param: 'ssml',
    });
    expect(await refusal('привет', { voice: 'mms' })).toMatchObject({ code: 'unsupported', param: 'text' });
    expect(await refusal('a', { voice: 'sine', providerOptions: { onnx: { noise: -1 } } })).toMatchObject({
      code: 'invalid_request',
      param: 'provider_options.onnx.noise',
    });
    expect(await refusal('a', { voice: 'sine', providerOptions: { onnx: { nose: 1 } } })).toMatchObject({
      param: 'provider_options.onnx.nose',
    });
  });

  it('takes up a voice that is dropped into the folder, and lets go of one that is taken away', async () => {
    folder.write('late.onnx', piperModel());
    folder.write('late.onnx.json', piperConfig(TEXT_VOICE));
    await expect
      .poll(async () => (await provider.voices(new AbortController().signal)).some(({ id }) => id === 'late'), {
        timeout: 10_000,
      })
      .toBe(true);
    expect((await say('abc', { voice: 'late' })).samples.length).toBeGreaterThan(100);
    folder.remove('late.onnx');
    await expect
      .poll(async () => (await provider.voices(new AbortController().signal)).some(({ id }) => id === 'late'), {
        timeout: 10_000,
      })
      .toBe(false);
  });

  it('sends nothing but start and complete for a text without a sound', async () => {
    const heard = await say('...', { voice: 'ipa' });
    expect(heard.parts.map(({ type }: SpeechPart) => type)).toEqual(['start', 'complete']);
    expect((heard.parts[0] as StartPart).sampleRateHz).toBe(22_050);
  });
});
