import { describe, expect, it } from 'vitest';

import { providerSuite } from '../../test/conformance/provider.suite.js';
import { audioOf, collect, testCall, testRequest } from '../../test/support/speech-parts.js';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import type { SpeechPart } from '../../src/core/speech-part.js';
import { ERROR_CODES } from '../../src/core/speech-error.js';
import tone from './index.js';
import { decodeTone } from './tone-codec.js';

const noHosts = {
  pool: () => {
    throw new Error('tone uses no hosts');
  },
};
const open = (options: object = {}): Promise<Provider> =>
  tone.create(tone.options.parse(options), { id: 'tone', hosts: noHosts, log: silentLog });

providerSuite('tone', {
  manifest: tone.manifest,
  open,
  voice: 'sine',
  stalling: { providerOptions: { tone: { stall_after_ms: 80 } } },
  paced: { providerOptions: { tone: { pace: 'realtime' } } },
});

const streamingTone = { ...tone.manifest, textStreaming: true };
providerSuite('tone, text as it is written', {
  manifest: streamingTone,
  open: () => open({ text_streaming: true }),
  voice: 'sine',
  stalling: { providerOptions: { tone: { stall_after_ms: 80 } } },
  paced: { providerOptions: { tone: { pace: 'realtime' } } },
});

/** What arrived before the stream ended or failed, and how it did. */
async function heard(
  stream: AsyncIterable<SpeechPart>,
): Promise<{ parts: SpeechPart[]; audioMs: number; error?: unknown }> {
  const parts: SpeechPart[] = [];
  const outcome = (error?: unknown) => ({ parts, audioMs: audioOf(parts).length / 48, ...(error ? { error } : {}) });
  try {
    for await (const part of stream) parts.push(part);
    return outcome();
  } catch (error) {
    return outcome(error);
  }
}

async function speak(tones: object, more: object = {}, signal = new AbortController().signal) {
  const provider = await open();
  return heard(provider.speak(testRequest({ ...more, providerOptions: { tone: tones } }), testCall({ signal })));
}

describe('tone', () => {
  it('says its text so that it can be read from the audio', async () => {
    const { parts } = await speak({}, { text: 'Hello, “World”! 你好 🎉' });
    expect(decodeTone(audioOf(parts), 24_000)).toBe('Hello, “World”! 你好 🎉');
  });

  it('takes 60 ms a character and as long for the pause at the end', async () => {
    expect((await speak({}, { text: '0123456789' })).audioMs).toBe(660);
    expect((await speak({ character_ms: 100 }, { text: '0123456789', speed: 2 })).audioMs).toBe(550);
  });

  it('fails before anything, with any code of the list', async () => {
    for (const error_code of ERROR_CODES) {
      const { parts, error } = await speak({ fail_before: true, error_code });
      expect(parts).toEqual([]);
      expect(error).toMatchObject({ code: error_code, provider: 'tone' });
    }
  });

  it('fails after exactly so much audio', async () => {
    const { parts, audioMs, error } = await speak({ fail_after_ms: 130 });
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expect(audioMs).toBe(130);
    expect(parts.at(-1)?.type).toBe('audio');
  });

  it.each([0, 100])('stalls after %i ms of audio until it is cancelled', async (stall_after_ms) => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 150);
    const { audioMs, error } = await speak({ stall_after_ms }, {}, abort.signal);
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(audioMs).toBe(stall_after_ms);
  });

  it('ends early as if that were all', async () => {
    const whole = (await speak({})).audioMs;
    const { parts, audioMs } = await speak({ truncate: true });
    expect(parts.at(-1)).toMatchObject({ type: 'complete', characters: 12 });
    expect(audioMs).toBeCloseTo(whole / 10, 0);
  });

  it('sends silence of the same length', async () => {
    const { parts, audioMs } = await speak({ silence: true });
    expect(audioMs).toBe((await speak({})).audioMs);
    expect(audioOf(parts).every((byte) => byte === 0)).toBe(true);
  });

  it('floods: the same audio a hundred times', async () => {
    expect((await speak({ flood: true })).audioMs).toBe((await speak({})).audioMs * 100);
  });

  it('waits for its first audio, but not for its start', async () => {
    const provider = await open({ first_audio_ms: 150 });
    const startedAt = performance.now();
    const stream = provider.speak(testRequest(), testCall())[Symbol.asyncIterator]();
    expect((await stream.next()).value).toMatchObject({ type: 'start' });
    expect(performance.now() - startedAt).toBeLessThan(100);
    expect((await stream.next()).value).toMatchObject({ type: 'audio', seq: 0 });
    expect(performance.now() - startedAt).toBeGreaterThan(145);
  });

  it('keeps to its schedule in real time, whatever the reader does between two pulls', async () => {
    const provider = await open({ pace: 'realtime', chunk_ms: 50 });
    const startedAt = performance.now();
    const late: number[] = [];
    for await (const part of provider.speak(testRequest({ text: 'Ten chars.' }), testCall())) {
      if (part.type !== 'audio') continue;
      late.push(performance.now() - startedAt - part.seq * 50);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(late).toHaveLength(14);
    expect(Math.min(...late)).toBeGreaterThan(-3);
    // A sum of waits would be 10 ms later with each of the 14.
    expect(late.at(-1)).toBeLessThan(80);
  });

  it('names what is wrong with an option of a request', async () => {
    const { error } = await speak({ chunk_ms: 'soon' });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'provider_options.tone.chunk_ms' });
    const other = (await speak({ stall_after: 1 })).error;
    expect(other).toMatchObject({ code: 'invalid_request', param: 'provider_options.tone.stall_after' });
    expect(String(other)).toContain('stall_after_ms');
  });

  it('takes its defaults from the configuration and lets a request override them', async () => {
    const provider = await open({ character_ms: 20, silence: true });
    const parts = await collect(
      provider.speak(testRequest({ providerOptions: { tone: { silence: false } } }), testCall()),
    );
    expect(audioOf(parts).length / 48).toBe(13 * 20);
    expect(decodeTone(audioOf(parts), 24_000)).toBe('Hello there.');
  });

  it('refuses more text than it takes, written too', async () => {
    const written = (async function* () {
      for (let sent = 0; sent < 3; sent += 1) yield `${'x'.repeat(2000)} `;
    })();
    const provider = await open({ text_streaming: true, character_ms: 20 });
    const late = await heard(provider.speak(testRequest({ text: '', textStream: written }), testCall()));
    expect(late.error).toMatchObject({ code: 'too_large', param: 'text' });
    expect(late.audioMs).toBeGreaterThan(0);
    expect((await speak({}, { text: 'x'.repeat(5001) })).error).toMatchObject({ code: 'too_large', param: 'text' });
  });
});
