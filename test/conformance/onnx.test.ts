import { afterAll } from 'vitest';

import { piperConfig, piperModel } from '../../providers/onnx/fixtures/piper-voice.js';
import { SMALL } from '../../providers/onnx/fixtures/vits-voice.js';
import { VoicesFolder } from '../../providers/onnx/fixtures/voices-folder.js';
import onnx from '../../providers/onnx/index.js';
import { silentLog } from '../../src/core/call-context.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import { providerSuite } from './provider.suite.js';

const hosts = createHostFactory();
const folder = new VoicesFolder();
folder.write('en_US-test.onnx', piperModel({ body: SMALL }));
folder.write('en_US-test.onnx.json', piperConfig({ inference: { noise_scale: 0.667, length_scale: 1, noise_w: 0.8 } }));
const options = onnx.options.parse({ voices_dir: folder.root, workers: 1, threads: 1 });

providerSuite('onnx', {
  manifest: onnx.manifest,
  open: () => onnx.create(options, { id: 'onnx', hosts, log: silentLog }),
  voice: 'en_US-test',
  active: () => hosts.stats()['onnx']?.active ?? 0,
});

afterAll(async () => {
  await hosts.close();
  folder.remove();
});
