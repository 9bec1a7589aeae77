import tone from '../../providers/tone/index.js';
import { abortable } from '../../src/core/abort.js';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import { compose, type SpeechHandler } from '../../src/core/speech-handler.js';
import { bySegment } from '../../src/gateway/by-segment.js';
import { watchdog } from '../../src/policies/watchdog.js';
import { segmentText } from '../../src/text/segment-text.js';
import { providerSuite } from './provider.suite.js';

const noHosts = {
  pool: () => {
    throw new Error('tone uses no hosts');
  },
};

/** A provider behind policies is still that provider: the same suite, the same manifest. */
async function wrapped(): Promise<Provider> {
  const provider = await tone.create(tone.options.parse({}), { id: 'tone', hosts: noHosts, log: silentLog });
  const speak: SpeechHandler = compose(
    [
      (next) => (request, call) => abortable(next(request, call), call.signal),
      bySegment(({ text, markup }) =>
        markup === 'plain' ? segmentText(text, { maxCharacters: tone.manifest.maxCharacters }) : [whole(text)],
      ),
      watchdog({ firstAudioMs: 5000, interChunkMs: 5000, provider: 'tone' }),
    ],
    provider.speak,
  );
  return {
    ...provider,
    voices: () => provider.voices(new AbortController().signal),
    health: () => provider.health(),
    close: () => provider.close(),
    speak,
  };
}

function whole(text: string) {
  return {
    index: 0,
    text,
    markup: 'ssml' as const,
    textStart: 0,
    textEnd: text.length,
    toClientOffset: (offset: number) => offset,
  };
}

providerSuite('tone by segments, watched', {
  manifest: tone.manifest,
  open: wrapped,
  voice: 'sine',
  stalling: { providerOptions: { tone: { stall_after_ms: 80 } } },
  paced: { providerOptions: { tone: { pace: 'realtime' } } },
});
