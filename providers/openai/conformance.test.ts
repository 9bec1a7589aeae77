import { afterAll } from 'vitest';
import { providerSuite } from '../../test/conformance/provider.suite.js';
import { startUpstream } from '../../test/upstream/start-upstream.js';
import { openProvider } from './fixtures/open-provider.js';
import { manifest } from './manifest.js';

const upstream = await startUpstream();
afterAll(() => upstream.close());

for (const stream_format of ['audio', 'sse'] as const) {
  providerSuite(`openai (${stream_format})`, {
    manifest,
    open: () => openProvider(upstream, { stream_format, voices: ['nova', 'alloy'], languages: ['en', 'de'] }),
    voice: 'nova',
    stalling: { model: 'fake-stall9600' },
    paced: { model: 'fake-rt40' },
    active: () => upstream.stats().active,
    syntheses: () => upstream.speeches().length,
    produced: () => upstream.stats().bytes,
  });
}
