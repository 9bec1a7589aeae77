import { afterAll, beforeAll, describe } from 'vitest';

import type { Provider } from '../../src/core/provider.js';
import { flowStories } from './provider/flow.js';
import { partStories } from './provider/parts.js';
import { stageFor, type ProviderCase } from './provider/provider-case.js';
import { timingStories } from './provider/timings.js';
import { voiceStories } from './provider/voices.js';
import { wishStories } from './provider/wishes.js';
import { writtenTextStories } from './provider/written-text.js';

export type { ProviderCase } from './provider/provider-case.js';

/**
 * What every provider must do, and every claim of its manifest put to the test; run on each provider, and on providers
 * behind policies, which must keep the same promises. Needs ffmpeg.
 */
export function providerSuite(name: string, subject: ProviderCase): void {
  describe(`provider: ${name}`, () => {
    let provider: Provider | undefined;
    beforeAll(async () => {
      provider = await subject.open();
    });
    afterAll(() => provider?.close());
    const stage = stageFor(subject, () => {
      if (!provider) throw new Error('the provider is not open yet');
      return provider;
    });
    partStories(stage);
    voiceStories(stage);
    wishStories(stage);
    timingStories(stage);
    flowStories(stage);
    writtenTextStories(stage);
  });
}
