import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import { GraphBuilder } from './fixtures/graph-builder.js';
import { piperConfig, piperModel } from './fixtures/piper-voice.js';
import { call, hear, request } from './fixtures/speech.js';
import { MEDIUM, SMALL } from './fixtures/vits-voice.js';
import { VoicesFolder } from './fixtures/voices-folder.js';
import onnx from './index.js';

const hosts = createHostFactory();
const folder = new VoicesFolder();
let provider: Provider;
const TEXT = { phoneme_type: 'text', espeak: undefined, inference: { noise_scale: 0.667, noise_w: 0.8 } };
const LONG = 'a long sentence of many words '.repeat(12);

beforeAll(async () => {
  folder.write('small.onnx', piperModel({ body: SMALL }));
  folder.write('small.onnx.json', piperConfig(TEXT));
  folder.write('medium.onnx', piperModel({ body: { ...MEDIUM, encoderLayers: 1, couplings: 1 } }));
  folder.write('medium.onnx.json', piperConfig(TEXT));
  folder.write('greedy.onnx', greedyModel());
  folder.write('greedy.onnx.json', piperConfig(TEXT));
  folder.write('invalid.onnx', invalidModel());
  folder.write('invalid.onnx.json', piperConfig(TEXT));
  const options = onnx.options.parse({
    voices_dir: folder.root,
    workers: 1,
    threads: 1,
    execution_providers: ['cuda', 'cpu'],
  });
  provider = await onnx.create(options, { id: 'faulty', hosts, log: silentLog });
  await provider.voices(new AbortController().signal);
  await hear(provider.speak(request('ab', { voice: 'small' }), call()));
});
afterAll(async () => {
  await provider.close();
  await hosts.close();
  folder.remove();
});

/** The inference processes that are children of this one. */
function inferencePids(): number[] {
  const lines = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='])
    .toString()
    .split('\n');
  return lines.filter((line) => line.includes('tts-gateway faulty host')).map((line) => Number.parseInt(line, 10));
}

describe('local voices in trouble', () => {
  it('go on at the very sample when the process that computes them is killed in mid-sentence', async () => {
    const whole = await hear(provider.speak(request(LONG, { voice: 'medium' }), call()));
    const chunks: Buffer[] = [];
    let killed = false;
    for await (const part of provider.speak(request(LONG, { voice: 'medium' }), call())) {
      if (part.type === 'audio') chunks.push(part.data);
      if (chunks.length < 3 || killed) continue;
      killed = true;
      for (const pid of inferencePids()) process.kill(pid, 'SIGKILL');
    }
    expect(killed).toBe(true);
    expect(Buffer.concat(chunks).equals(whole.pcm)).toBe(true);
    expect((await provider.health()).details?.['workers']).toMatchObject([{ restarts: 1 }]);
  });

  it('stop within 30 ms of a cancel, and compute no more', async () => {
    const stopped: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const abort = new AbortController();
      const stream = provider.speak(request(LONG, { voice: 'medium' }), call(abort.signal))[Symbol.asyncIterator]();
      for (let audio = 0; audio < 2;) if ((await stream.next()).value?.type === 'audio') audio += 1;
      const pulling = stream
        .next()
        .then(() => stream.next())
        .catch((error: unknown) => error);
      const at = performance.now();
      abort.abort();
      expect(await pulling).toMatchObject({ code: 'cancelled' });
      stopped.push(performance.now() - at);
      await expect.poll(() => hosts.stats()['faulty']?.active, { timeout: 2000, interval: 2 }).toBe(0);
    }
    expect(stopped.sort((a, b) => a - b)[2]).toBeLessThan(30);
  });

  it('say where they compute, and why not where it was wished', async () => {
    const health = await provider.health();
    expect(health.device).toBe('cpu');
    expect(health.reason).toMatch(/computes on cpu: cuda: /);
  });

  it('outlive a model that the runtime refuses, and list it with the reason', async () => {
    await expect(hear(provider.speak(request('ab', { voice: 'invalid' }), call()))).rejects.toMatchObject({
      code: 'unsupported',
      provider: 'faulty',
    });
    const listed = (await provider.voices(new AbortController().signal)).find(({ id }) => id === 'invalid');
    expect(listed).toMatchObject({ available: false, reason: expect.stringContaining('cannot be loaded') });
    expect((await hear(provider.speak(request('ab', { voice: 'small' }), call()))).pcm.length).toBeGreaterThan(1000);
  });

  it('outlive a model that asks for more memory than there is', async () => {
    await expect(hear(provider.speak(request('ab', { voice: 'greedy' }), call()))).rejects.toMatchObject({
      code: 'upstream_failed',
    });
    expect((await hear(provider.speak(request('ab', { voice: 'small' }), call()))).pcm.length).toBeGreaterThan(1000);
  });
});

/** Piper's signature, and a tensor of 4 PB. */
function greedyModel(): Buffer {
  const g = signature();
  const size = g.ints([1, 1_000_000_000, 1_000_000]);
  g.output('output', g.node('Expand', [g.floats([1], [1, 1, 1]), size]), ['batch', 1, 'time']);
  return g.build();
}

/** Piper's signature, and an operator that there is not. */
function invalidModel(): Buffer {
  const g = signature();
  g.output('output', g.node('NoSuchOperator', ['scales']), ['batch', 1, 'time']);
  return g.build();
}

function signature(): GraphBuilder {
  const g = new GraphBuilder();
  g.input('input', 'int64', ['batch', 'phonemes']);
  g.input('input_lengths', 'int64', ['batch']);
  g.input('scales', 'float', [3]);
  return g;
}
