import { describe, expect, it } from 'vitest';
import { sherpaVitsModel } from '../fixtures/other-voices.js';
import { piperModel } from '../fixtures/piper-voice.js';
import { MEDIUM, SMALL, SMALL_HIGH } from '../fixtures/vits-voice.js';
import { bufferSource } from './byte-source.js';
import { readOnnxModel } from './onnx-model.js';
import { splitModel, type SplitModel } from './split-model.js';

const request = {
  sequenceInputs: ['input', 'input_lengths'],
  output: 'output',
  durations: 'rounding',
  seeded: true,
  paced: false,
  cut: true,
} as const;

function split(model: Uint8Array, more: object = {}): SplitModel {
  return splitModel(readOnnxModel(bufferSource(model)), { ...request, ...more });
}

/** One-sided reach of the stages from `from` on, in latent frames. */
function reach(stages: SplitModel['stages'], from: number): number {
  let rate = 1;
  let frames = 0;
  for (const {
    reach: { left, right },
    rate: own,
  } of stages.slice(from)) {
    expect(left).toBe(right);
    frames += left / rate;
    rate *= own;
  }
  return frames;
}

describe('splitModel', () => {
  it('cuts a VITS graph at the prior, after each coupling and before each upsampling', () => {
    const { stages, durations, first } = split(piperModel({ body: SMALL }));
    expect(stages.map(({ rate }) => rate)).toEqual([1, 1, 1, 1, 1, 8, 8, 4]);
    expect(stages[0]?.streams).toHaveLength(4);
    expect(stages.slice(0, 4).map(({ reach: { left } }) => left)).toEqual([8, 8, 8, 8]);
    expect(durations).toBeDefined();
    expect(first).toBeDefined();
  });

  it('finds the reach that was measured on real decoders: 11.1 frames for medium, 13.7 for high', () => {
    // Each stage rounds its own up to whole input steps, so the sum is a little more.
    expect(reach(split(piperModel({ body: SMALL })).stages, 4)).toBeCloseTo(11.1, 0);
    expect(reach(split(piperModel({ body: SMALL_HIGH })).stages, 4)).toBeGreaterThan(12);
    expect(reach(split(piperModel({ body: SMALL_HIGH })).stages, 4)).toBeLessThan(15);
  });

  it('hands the speaker to the stages as something that does not move', () => {
    const { stages } = split(piperModel({ body: SMALL, speakers: 3 }));
    expect(stages.some(({ statics }) => statics.length > 0)).toBe(true);
    expect(new Set(stages.flatMap(({ streams }) => streams)).size).toBe(4);
  });

  it('partitions the weights', () => {
    for (const body of [SMALL, { ...MEDIUM, channels: 64 }]) {
      const model = piperModel({ body });
      const { first, stages } = split(model, { seeded: false });
      const total = stages.reduce((sum, stage) => sum + stage.model.length, first?.length ?? 0);
      expect(total).toBeLessThan(model.length * 1.05 + 20_000);
    }
  });

  it('cuts a graph whose stages read one of its inputs', () => {
    const model = sherpaVitsModel({}, SMALL);
    const { stages, first } = split(model, { sequenceInputs: ['x', 'x_length'], output: 'y' });
    expect(stages).toHaveLength(8);
    expect(stages[0]?.statics).toEqual(['noise_scale']);
    const inputs = readOnnxModel(bufferSource(first ?? new Uint8Array())).inputs.map(({ name }) => name);
    expect(inputs).not.toContain('noise_scale');
  });

  it('leaves a graph that is not local in time in one piece', () => {
    expect(split(piperModel()).stages).toEqual([]);
    expect(split(piperModel()).durations).toBeDefined();
  });

  it('knows what a latent frame costs: the medium decoder is dominated by two stages of 16 M multiplications', () => {
    let rate = 1;
    const costs = split(piperModel({ body: MEDIUM })).stages.map((stage) => {
      const cost = stage.cost * rate;
      rate *= stage.rate;
      return cost;
    });
    expect(Math.max(...costs)).toBeGreaterThan(5e6);
    expect(Math.max(...costs)).toBeLessThan(20e6);
  });
});
