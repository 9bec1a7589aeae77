import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piperModel } from '../fixtures/piper-voice.js';
import { SMALL } from '../fixtures/vits-voice.js';
import { VoicesFolder } from '../fixtures/voices-folder.js';
import type { ModelRecipe } from './inference-job.js';
import { ModelShelf } from './model-shelf.js';
import { probeModel } from './probe-model.js';
import { Runtime } from './runtime.js';

const folder = new VoicesFolder();
const bytes = piperModel({ body: SMALL });
let runtime: Runtime;

beforeAll(async () => {
  runtime = await Runtime.load({ executionProviders: ['cpu'], threads: 1 }, probeModel());
});
afterAll(() => folder.remove());

function recipe(key: string): ModelRecipe {
  const path = folder.write(`${key}.onnx`, bytes);
  const inputs = [
    { name: 'input', role: 'ids', elementType: 7, rank: 2 },
    { name: 'input_lengths', role: 'lengths', elementType: 7, rank: 1 },
    { name: 'scales', role: 'scales3', elementType: 1, rank: 1 },
  ] as const;
  return {
    key,
    path,
    bytes: bytes.length,
    inputs,
    output: 'output',
    durations: 'rounding',
    hop: 256,
    cut: true,
    vocoder: undefined,
    trimEnd: 0,
  };
}

function shelf(models: number): ModelShelf & { loads: number } {
  const made = Object.assign(
    new ModelShelf(runtime, {
      budgetBytes: bytes.length * models + 1,
      step: (load) => {
        made.loads += 1;
        return load();
      },
    }),
    { loads: 0 },
  );
  return made;
}

describe('the shelf of models', () => {
  it('loads a model once, however many ask for it at the same time', async () => {
    const models = shelf(2);
    const [a, b, c] = await Promise.all([0, 1, 2].map(() => models.acquire(recipe('a'))));
    expect(a).toBe(b);
    expect(b).toBe(c);
    expect(models.loads).toBe(1);
  });

  it('lets the least recently used one go when the budget is spent', async () => {
    const models = shelf(2);
    for (const key of ['a', 'b', 'a', 'c']) models.release(await models.acquire(recipe(key)));
    expect(models.keys).toEqual(['a', 'c']);
    models.release(await models.acquire(recipe('a')));
    expect(models.loads).toBe(3);
  });

  it('makes a speech wait rather than take a model from another one', async () => {
    const models = shelf(1);
    const a = await models.acquire(recipe('a'));
    let loaded = false;
    const waiting = models.acquire(recipe('b')).then((model) => {
      loaded = true;
      return model;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(loaded).toBe(false);
    models.release(a);
    models.release(await waiting);
    expect(models.keys).toEqual(['b']);
  });

  it('forgets a model that could not be loaded, and lets go of idle ones', async () => {
    const models = shelf(3);
    const broken = { ...recipe('x'), output: 'nothing' };
    await expect(models.acquire(broken)).rejects.toMatchObject({ code: 'unsupported' });
    expect(models.keys).toEqual([]);
    models.release(await models.acquire(recipe('x')));
    expect(await models.dropIdle(60_000)).toBe(1);
    expect(await models.dropIdle(0)).toBe(0);
  });
});
