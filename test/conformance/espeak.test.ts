import { afterAll } from 'vitest';

import espeak from '../../providers/espeak/index.js';
import { silentLog } from '../../src/core/call-context.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import { providerSuite } from './provider.suite.js';

const hosts = createHostFactory();

providerSuite('espeak', {
  manifest: espeak.manifest,
  open: () => espeak.create(espeak.options.parse({ hosts: 1 }), { id: 'espeak', hosts, log: silentLog }),
  voice: 'en-us',
  active: () => hosts.stats()['espeak']?.active ?? 0,
  // A run of 300 characters takes 35 ms of a free core; the tests of two cores run side by side.
  releaseMs: 3000,
});

afterAll(() => hosts.close());
