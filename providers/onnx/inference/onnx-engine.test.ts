import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostEngine } from '../../../src/core/host.js';
import { piperModel, type PiperOptions } from '../fixtures/piper-voice.js';
import { expectedWave } from '../fixtures/sine-voice.js';
import { SMALL, SMALL_HIGH } from '../fixtures/vits-voice.js';
import type { InferenceEvent, InferenceJob, ModelRecipe } from './inference-job.js';
import createOnnxEngine from './onnx-engine.js';

const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
const folder = mkdtempSync(join(tmpdir(), 'onnx-engine-'));
let engine: HostEngine;

beforeAll(async () => {
  engine = await createOnnxEngine({ executionProviders: ['cpu'], threads: 1, budgetBytes: 1e9 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, options: PiperOptions): ModelRecipe {
  const path = join(folder, `${name}.onnx`);
  const bytes = piperModel(options);
  writeFileSync(path, bytes);
  return {
    key: name,
    path,
    bytes: bytes.length,
    inputs: [
      { name: 'input', role: 'ids', elementType: 7, rank: 2 },
      { name: 'input_lengths', role: 'lengths', elementType: 7, rank: 1 },
      { name: 'scales', role: 'scales3', elementType: 1, rank: 1 },
      ...((options.speakers ?? 1) > 1 ? [{ name: 'sid', role: 'speaker', elementType: 7, rank: 1 } as const] : []),
    ],
    output: 'output',
    durations: 'rounding',
    hop: 256,
    cut: true,
    vocoder: undefined,
    trimEnd: 0,
  };
}

const base = { noise: 0, noiseWidth: 0, pace: 1, speaker: 0, language: 0, seed: 0, gain: 1, batch: false };

interface Spoken {
  readonly events: readonly InferenceEvent[];
  readonly wave: Float32Array;
}

async function speak(
  model: ModelRecipe,
  sentences: readonly number[][],
  more: Partial<InferenceJob> = {},
): Promise<Spoken> {
  const events: InferenceEvent[] = [];
  const speech = {
    ...base,
    model,
    sentences: sentences.map((ids) => ({ ids })),
    from: { sentence: 0, sample: 0 },
    ...more,
  };
  const output = {
    emit: (event: unknown) => events.push(event as InferenceEvent),
    drained: () => Promise.resolve(),
    cancelled: false,
  };
  await engine.open({ kind: 'speak', speech }, output).run;
  const pcm = Buffer.concat(events.flatMap((event) => (event.kind === 'audio' ? [event.pcm] : [])));
  return { events, wave: Float32Array.from({ length: pcm.length / 2 }, (_, i) => pcm.readInt16LE(i * 2) / 32_767) };
}

async function oneShot(
  model: ModelRecipe,
  ids: readonly number[],
  scales: number[],
  speaker?: number,
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model.path);
  const out = await session.run({
    input: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    input_lengths: new ort.Tensor('int64', BigInt64Array.of(BigInt(ids.length)), [1]),
    scales: new ort.Tensor('float32', Float32Array.from(scales), [3]),
    ...(speaker !== undefined && { sid: new ort.Tensor('int64', BigInt64Array.of(BigInt(speaker)), [1]) }),
  });
  await session.release();
  return out['output']?.data as Float32Array;
}

function largestError(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0);
}

const sentence = (length: number): number[] => Array.from({ length }, (_, i) => 3 + ((i * 37) % 200));

describe('the inference engine', () => {
  it('speaks a graph in one piece, to the sample', async () => {
    const model = write('sine', {});
    const { wave, events } = await speak(model, [sentence(12), sentence(5)], { pace: 1.5 });
    const expected = [12, 5].map((n) => expectedWave(sentence(n), { rateHz: 22_050, pace: 1.5 }));
    expect(largestError(wave, Float32Array.from(expected.flatMap((part) => [...part])))).toBeLessThan(1e-4);
    expect(events.filter(({ kind }) => kind === 'sentence')).toHaveLength(2);
  });

  it.each([
    ['medium layers', 'small', { body: SMALL }],
    ['high layers', 'small-high', { body: SMALL_HIGH }],
    ['three speakers', 'small-3', { body: SMALL, speakers: 3 }],
  ])('streams windows that are the uncut graph to 1e-4 of full scale: %s', async (_, name, options) => {
    const model = write(name, options);
    const speaker = 'speakers' in options ? 2 : undefined;
    for (const length of [1, 2, 9, 120]) {
      const { wave, events } = await speak(model, [sentence(length)], { speaker: speaker ?? 0, pace: 1.2 });
      const whole = await oneShot(model, sentence(length), [0, 1.2, 0], speaker);
      expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(0.01);
      expect(largestError(wave, whole)).toBeLessThan(1e-4);
      if (length === 120) expect(events.filter(({ kind }) => kind === 'audio').length).toBeGreaterThan(5);
    }
  });

  it('tells how long the sentence and each id is before the first audio', async () => {
    const { events, wave } = await speak(write('small', { body: SMALL }), [sentence(20)]);
    const [first] = events;
    expect(first).toMatchObject({ kind: 'sentence', samples: wave.length, repeatable: true });
    const bounds = first?.kind === 'sentence' ? first.bounds : undefined;
    expect(bounds).toHaveLength(21);
    expect(bounds?.at(-1)).toBe(wave.length);
    for (const [i, id] of sentence(20).entries()) {
      expect((bounds?.[i + 1] ?? 0) - (bounds?.[i] ?? 0)).toBe((2 + (id % 3)) * 256);
    }
  });

  it('is the same with noise, from any place on, and another one with another seed', async () => {
    for (const body of [SMALL, 'sine'] as const) {
      const model = write(`noisy-${body === 'sine'}`, { body });
      const noisy = { noise: 0.667, noiseWidth: 0.8 };
      const [a, b, quiet] = [
        await speak(model, [sentence(40)], noisy),
        await speak(model, [sentence(40)], noisy),
        await speak(model, [sentence(40)]),
      ];
      expect(largestError(a.wave, b.wave)).toBe(0);
      expect(a.wave.length).toBeGreaterThan(quiet.wave.length);
      const rest = await speak(model, [sentence(40)], { ...noisy, from: { sentence: 0, sample: 10_001 } });
      expect(largestError(rest.wave, a.wave.subarray(10_001))).toBe(0);
      expect((await speak(model, [sentence(40)], { ...noisy, seed: 1 })).wave).not.toEqual(a.wave);
    }
  });
});
