import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import { piperConfig, piperModel } from './fixtures/piper-voice.js';
import { call, hear, request } from './fixtures/speech.js';
import { SMALL } from './fixtures/vits-voice.js';
import { VoicesFolder } from './fixtures/voices-folder.js';
import onnx from './index.js';

const hosts = createHostFactory();
const folder = new VoicesFolder();

beforeAll(() => {
  folder.write('v.onnx', piperModel({ body: SMALL }));
  folder.write('v.onnx.json', piperConfig({ phoneme_type: 'text' }));
});
afterAll(async () => {
  await hosts.close();
  folder.remove();
});

describe('the inference processes', () => {
  it('end when nobody has asked for them, and are there again for the next speech', async () => {
    const options = onnx.options.parse({ voices_dir: folder.root, workers: 1, idle_unload_s: 2, preload: ['v'] });
    const provider = await onnx.create(options, { id: 'idle', hosts, log: silentLog });
    const running = async (): Promise<unknown> => (await provider.health()).details?.['workers'];
    await expect.poll(running, { timeout: 30_000 }).toMatchObject([{ running: true, models: 1 }]);
    const before = await hear(provider.speak(request('hello', { voice: 'v' }), call()));
    await expect.poll(running, { timeout: 30_000 }).toMatchObject([{ running: false, models: 0 }]);
    await expect.poll(() => hosts.stats()['idle'], { timeout: 20_000 }).toBeUndefined();
    const after = await hear(provider.speak(request('hello', { voice: 'v' }), call()));
    expect(after.pcm.equals(before.pcm)).toBe(true);
    await provider.close();
  });

  it('refuse what has waited too long, and tell of the queue', async () => {
    const options = onnx.options.parse({ voices_dir: folder.root, workers: 1, speeches_per_worker: 1, max_queued: 3 });
    const provider = await onnx.create(options, { id: 'busy', hosts, log: silentLog });
    const text = 'a very long text '.repeat(50);
    await hear(provider.speak(request('ok', { voice: 'v' }), call()));
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => hear(provider.speak(request(text, { voice: 'v' }), call()))),
    );
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toHaveLength(4);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'unavailable', retryable: true, provider: 'busy' });
    expect((await provider.health()).details?.['queue']).toMatchObject({ queued: 0, refused: 4 });
    await provider.close();
  });
});
