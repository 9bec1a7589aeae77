import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../fixtures/graph-builder.js';
import {
  coquiModel,
  matchaModel,
  mmsModel,
  sherpaVitsModel,
  spectrumVocoderModel,
  styleModel,
  vocoderModel,
} from '../fixtures/other-voices.js';
import { piperConfig, piperIdMap, piperModel } from '../fixtures/piper-voice.js';
import { floatBytes, styleRows, VoicesFolder } from '../fixtures/voices-folder.js';
import { npz } from '../fixtures/zip.js';
import { scanFolder } from './scan-folder.js';
import type { Inspection, VoiceFile } from './voice-file.js';

const folder = new VoicesFolder();
afterAll(() => folder.remove());

function scan(): Inspection[] {
  return [...scanFolder(folder.root, new Set())].filter((step) => typeof step !== 'string');
}

function voice(id: string): VoiceFile {
  const found = scan().find((step) => step.kind === 'voice' && step.voice.id === id);
  if (found?.kind !== 'voice') throw new Error(`no voice ${id}: ${JSON.stringify(scan())}`);
  return found.voice;
}

function refusal(id: string): string {
  const found = scan().find((step) => step.kind === 'refused' && step.id === id);
  return found?.kind === 'refused' ? found.reason : 'not refused';
}

describe('voices in a folder', () => {
  beforeAll(() => {
    folder.write('en_US-anna-medium.onnx', piperModel());
    folder.write('en_US-anna-medium.onnx.json', piperConfig());
    folder.write('many/renamed-file.onnx', piperModel({ speakers: 3 }));
    folder.write(
      'many/renamed-file.onnx.json',
      piperConfig({ num_speakers: 3, speaker_id_map: { ann: 0, bo: 2 }, default_speaker_id: 2 }),
    );
    folder.write('kokoro/onnx/model.onnx', styleModel({ layout: 'transformers', speedType: 'int32' }));
    folder.write('kokoro/onnx/model_q8.onnx', styleModel({ layout: 'transformers' }));
    folder.write('kokoro/voices/af_bella.bin', floatBytes(styleRows(1, 510)));
    folder.write('kokoro/voices/bm_george.bin', floatBytes(styleRows(2, 510)));
    folder.write('kokoro-npz/kokoro-v1.0.onnx', styleModel({ layout: 'tokens', durations: true }));
    folder.write('kokoro-npz/voices-v1.0.bin', npz({ af_sky: { shape: [510, 1, 256], values: styleRows(1, 510) } }));
    folder.write('kitten/model.onnx', styleModel({ layout: 'transformers' }));
    folder.write('kitten/config.json', {
      type: 'ONNX2',
      model_file: 'model.onnx',
      voices: 'voices.npz',
      speed_priors: { 'expr-voice-2-m': 0.8 },
      voice_aliases: { Jasper: 'expr-voice-2-m' },
    });
    folder.write('kitten/voices.npz', npz({ 'expr-voice-2-m': { shape: [20, 256], values: styleRows(1, 20) } }));
    folder.write('mms-tts-eng/onnx/model.onnx', mmsModel());
    folder.write('mms-tts-eng/config.json', { model_type: 'vits', sampling_rate: 16_000 });
    folder.write('mms-tts-eng/tokenizer_config.json', { language: 'eng', normalize: true, add_blank: true });
    folder.write('mms-tts-eng/vocab.json', { k: 0, a: 1, b: 2, ' ': 3 });
    folder.write('coqui/model.onnx', coquiModel());
    folder.write('coqui/config.json', {
      audio: { sample_rate: 22_050 },
      use_phonemes: false,
      characters: { pad: '_', punctuations: '!,.? ', characters: 'abcde', phonemes: null },
    });
    folder.write('matcha/matcha.onnx', matchaModel());
    folder.write('matcha/hifigan.onnx', vocoderModel());
    folder.write('elsewhere/vocos.onnx', spectrumVocoderModel());
    folder.write(
      'sherpa/voice.onnx',
      sherpaVitsModel({ sample_rate: 16_000, comment: 'piper', voice: 'de', n_speakers: 1 }),
    );
    folder.write('sherpa/tokens.txt', '_ 0\n^ 1\n$ 2\n 3\na 14\n');
  });

  it('tells the families apart by their tensors', () => {
    const families = Object.fromEntries(
      scan().flatMap((step) => (step.kind === 'voice' ? [[step.voice.id, step.voice.family]] : [])),
    );
    expect(families).toEqual({
      'en_US-anna-medium': 'piper',
      'renamed-file': 'piper',
      kokoro: 'kokoro',
      'kokoro-q8': 'kokoro',
      'kokoro-v1.0': 'kokoro',
      kitten: 'kitten',
      'mms-tts-eng': 'mms',
      coqui: 'coqui',
      matcha: 'matcha',
      voice: 'vits',
    });
    expect(scan().filter(({ kind }) => kind === 'vocoder')).toHaveLength(2);
  });

  it('reads rates, languages, speakers and symbols', () => {
    expect(voice('en_US-anna-medium')).toMatchObject({
      sampleRateHz: 22_050,
      languages: ['en-US'],
      speakers: [{ name: '', index: 0 }],
      timed: true,
    });
    expect(voice('renamed-file').speakers.map(({ name }) => name)).toEqual(['ann', '1', 'bo']);
    expect(voice('renamed-file').defaultSpeaker).toBe(2);
    expect(voice('mms-tts-eng')).toMatchObject({
      sampleRateHz: 16_000,
      languages: ['en'],
      frontend: { source: 'text', lowerCase: true },
    });
    expect(voice('coqui').frontend.encoding).toMatchObject({ fillerId: 11, filler: 'around' });
    expect(voice('coqui').frontend.encoding.ids).toMatchObject({ _: [0], '!': [1], a: [6], e: [10] });
    expect(voice('voice').frontend).toMatchObject({ espeakVoice: 'de', encoding: { ids: { ' ': [3], a: [14] } } });
  });

  it('finds styles in every container', () => {
    expect(voice('kokoro').speakers.map(({ name, languages, gender }) => [name, languages, gender])).toEqual([
      ['af_bella', ['en-US'], 'female'],
      ['bm_george', ['en-GB'], 'male'],
    ]);
    expect(voice('kokoro-v1.0').speakers[0]?.style).toMatchObject({ entry: 'af_sky', rows: 510 });
    expect(voice('kokoro-v1.0').recipe.durations).toEqual({ output: 'pred_dur' });
    expect(voice('kokoro').frontend.encoding.ids).toMatchObject({ ˈ: [156], ᵻ: [177], A: [24], z: [68] });
    expect(voice('kitten')).toMatchObject({
      recipe: { trimEnd: 5000 },
      frontend: { encoding: { end: [10, 0] } },
      speakers: [{ name: 'Jasper', speedPrior: 0.8 }],
    });
    expect(voice('kitten').frontend.encoding.ids['"']).toEqual([15]);
  });

  it('gives Matcha the nearest vocoder', () => {
    expect(voice('matcha').recipe.vocoder).toMatchObject({ kind: 'audio', input: 'mel' });
    expect(voice('matcha').recipe.vocoder?.path).toContain('hifigan');
  });

  it.each([
    ['a rate that does not exist', { audio: { sample_rate: 22_500 } }, { sampleRateHz: 22_050 }],
    ['the language in lang_code', { espeak: undefined, lang_code: 'pt-PT' }, { frontend: { espeakVoice: 'pt-PT' } }],
    ['bare ids', { phoneme_id_map: { _: 0, '^': 1, $: 2, a: 14 } }, { frontend: { encoding: { ids: { a: [14] } } } }],
    ['a line break in the map', { phoneme_id_map: { ...piperIdMap(), '\n': [3] } }, { family: 'piper' }],
    [
      'diphthongs',
      { phoneme_id_map: { ...piperIdMap(), aɪ: [161] }, vowel_clusters: [['a', 'ɪ']] },
      { frontend: { encoding: { clusters: ['aɪ'] } } },
    ],
    ['no inference block', { inference: undefined }, { noise: 0.667, noiseWidth: 0.8, pace: 1 }],
    ['44.1 kHz', { audio: { sample_rate: 44_100, quality: 'low' } }, { sampleRateHz: 44_100 }],
    ['text', { phoneme_type: 'text' }, { frontend: { source: 'text' } }],
  ])('takes a Piper config with %s', (_, more, expected) => {
    folder.write('odd.onnx', piperModel());
    folder.write('odd.onnx.json', piperConfig(more));
    expect(voice('odd')).toMatchObject(expected);
    folder.remove('odd.onnx');
  });

  it.each([
    ['cut short', () => piperModel().subarray(0, 900), piperConfig(), /cut short/],
    ['empty', () => Buffer.alloc(0), piperConfig(), /no graph/],
    ['a web page', () => Buffer.from('<!doctype html><p>404</p>'), piperConfig(), /not an ONNX model|cut short/],
    [
      'a git-lfs pointer',
      () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      piperConfig(),
      /not an ONNX model|cut short/,
    ],
    ['without a config', () => piperModel(), undefined, /no bad\.onnx\.json beside it/],
    ['with a config that is not JSON', () => piperModel(), '{"audio": ', /is not JSON/],
    ['with a config of another kind', () => piperModel(), {}, /no phoneme_id_map/],
    ['with ids beyond the model', () => piperModel(), piperConfig({ num_symbols: 10 }), /beyond the 10 symbols/],
    [
      'with a phoneme type of its own',
      () => piperModel(),
      piperConfig({ phoneme_type: 'hebrew' }),
      /"hebrew" is not supported/,
    ],
    ['for another task', () => otherTask(), piperConfig(), /nothing known has the inputs image/],
    ['with words for numbers', () => wrongType(), piperConfig(), /"input" has element type 1/],
    ['with weights elsewhere', () => externalWeights(), piperConfig(), /weights are in another file/],
  ])('refuses a file that is %s, with the reason', (_, model, config, reason) => {
    folder.write('bad.onnx', model());
    if (config === undefined) folder.remove('bad.onnx.json');
    else folder.write('bad.onnx.json', config);
    expect(refusal('bad')).toMatch(reason);
    expect(voice('en_US-anna-medium').family).toBe('piper');
    folder.remove('bad.onnx');
  });

  it('survives any damage to a model', () => {
    const good = piperModel();
    for (let i = 0; i < 200; i += 1) {
      const bad = Buffer.from(good);
      for (let k = 0; k < 5; k += 1) bad[(i * 7919 + k * 104_729) % bad.length] = (i * 31 + k * 17) % 256;
      folder.write('bad.onnx', bad);
      const [found] = [...scanFolder(folder.root, new Set())].filter(
        (step) => typeof step !== 'string' && step.path.endsWith('bad.onnx'),
      );
      expect(found).toBeDefined();
    }
    folder.remove('bad.onnx');
  });
});

function otherTask(): Buffer {
  const g = new GraphBuilder();
  const image = g.input('image', 'float', [1, 3, 224, 224]);
  g.output('classes', g.node('Relu', [image]), [1, 3, 224, 224]);
  return g.build();
}

function wrongType(): Buffer {
  const g = new GraphBuilder();
  const ids = g.input('input', 'float', ['batch', 'phonemes']);
  g.input('input_lengths', 'int64', ['batch']);
  g.input('scales', 'float', [3]);
  g.output('output', ids, ['batch', 'phonemes']);
  return g.build();
}

function externalWeights(): Buffer {
  const g = new GraphBuilder();
  g.input('input', 'int64', ['batch', 'phonemes']);
  g.input('input_lengths', 'int64', ['batch']);
  g.output('output', g.input('scales', 'float', [3]), [3]);
  g.externalTensor('weights', '../../../etc/passwd');
  return g.build();
}
