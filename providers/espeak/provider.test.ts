import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { createHostFactory, type HostRegistry } from '../../src/hosts/host-factory.js';
import { call, hear, pitchHz, request, type Heard } from './fixtures/speech.js';
import espeak from './index.js';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const signal = new AbortController().signal;

async function create(hosts: HostRegistry, options: object = {}): Promise<Provider> {
  return espeak.create(espeak.options.parse(options), { id: 'espeak', hosts, log: silentLog });
}

describe('espeak', () => {
  const hosts = createHostFactory();
  let provider: Provider;
  const say = (text: string, more: Partial<SpeechRequest> = {}): Promise<Heard> =>
    hear(provider.speak(request(text, more), call()));

  beforeAll(async () => {
    expect(espeak.unavailable?.({})).toBeUndefined();
    provider = await create(hosts, { hosts: 1 });
    await provider.voices(signal);
  });
  afterAll(() => hosts.close());

  it('speaks: start, audio, complete, with a plausible length and loudness', async () => {
    const heard = await say(SENTENCE);
    expect(heard.start).toMatchObject({ voice: 'espeak/en-us', format: 'pcm16', sampleRateHz: 22_050, warnings: [] });
    expect(heard.audio.map((part) => part.seq)).toEqual(heard.audio.map((_, i) => i));
    expect(heard.parts.map((part) => part.type).filter((type) => type !== 'audio')).toEqual(['start', 'complete']);
    expect(heard.complete).toMatchObject({ characters: SENTENCE.length, bytes: heard.pcm.length });
    expect(heard.durationMs).toBeGreaterThan(2_000);
    expect(heard.durationMs).toBeLessThan(3_500);
    expect(heard.loudness).toBeGreaterThan(1_000);
  });

  it('streams in 100 ms frames, the first one long before a long text is finished', async () => {
    const text = `${SENTENCE} `.repeat(40);
    await say(SENTENCE);
    const startedMs = performance.now();
    let firstMs = 0;
    let frames = 0;
    for await (const part of provider.speak(request(text), call())) {
      if (part.type !== 'audio') continue;
      if (frames === 0) firstMs = performance.now() - startedMs;
      frames += 1;
      expect(part.data.length).toBeLessThanOrEqual(4_412);
    }
    const totalMs = performance.now() - startedMs;
    expect(frames).toBeGreaterThan(800);
    expect(firstMs).toBeLessThan(totalMs / 2);
  });

  it('gives the same bytes for the same request, whatever was said between, in every process', async () => {
    const first = await say(SENTENCE, { speed: 1.3 });
    await say('Ganz etwas anderes, und viel länger als zuvor.', { voice: 'de' });
    await say('Привет, как дела?', { voice: 'ru', pitch: 20 });
    await say('<speak><prosody rate="200%">not closed', { markup: 'ssml' });
    expect((await say(SENTENCE, { speed: 1.3 })).pcm.equals(first.pcm)).toBe(true);
    const other = await create(hosts, { hosts: 1 });
    const again = await hear(other.speak(request(SENTENCE, { speed: 1.3 }), call()));
    expect(again.pcm.equals(first.pcm)).toBe(true);
    await other.close();
  });

  it('honours speed, pitch and volume', async () => {
    const [normal, fast, slow, high, low, loud, soft] = await Promise.all([
      say(SENTENCE),
      say(SENTENCE, { speed: 2 }),
      say(SENTENCE, { speed: 0.5 }),
      say(SENTENCE, { pitch: 30 }),
      say(SENTENCE, { pitch: -30 }),
      say(SENTENCE, { volume: 25 }),
      say(SENTENCE, { volume: -50 }),
    ]);
    expect(normal.durationMs / fast.durationMs).toBeCloseTo(2, 0);
    expect(slow.durationMs / normal.durationMs).toBeCloseTo(2, 0);
    expect(pitchHz(high.pcm) / pitchHz(normal.pcm)).toBeCloseTo(1.3, 1);
    expect(pitchHz(low.pcm) / pitchHz(normal.pcm)).toBeCloseTo(0.7, 1);
    expect(loud.loudness / normal.loudness).toBeCloseTo(1.25, 1);
    expect(soft.loudness / normal.loudness).toBeCloseTo(0.5, 1);
  });

  it('warns of a speed or pitch that the engine does not reach, and goes as far as it can', async () => {
    const [fastest, fast, low] = await Promise.all([
      say(SENTENCE, { speed: 4 }),
      say(SENTENCE, { speed: 2 }),
      say(SENTENCE, { pitch: -50 }),
    ]);
    expect(fastest.start.warnings).toEqual(['speed 4 is beyond espeak: spoken at 2.57']);
    expect(fastest.durationMs).toBeLessThan(fast.durationMs);
    expect(low.start.warnings).toEqual(['pitch -50 is beyond espeak: spoken at -40']);
  });

  it('speaks markup characters and phoneme brackets of plain text as text', async () => {
    const slow = await say('<prosody rate="10%">one two</prosody>');
    expect(slow.durationMs).toBeGreaterThan((await say('one two')).durationMs * 2);
    const [phonemes, letters] = await Promise.all([
      say('<speak>[[h@loU]] test</speak>', { markup: 'ssml', timings: 'word' }),
      say('[[h@loU]] test', { timings: 'word' }),
    ]);
    expect(letters.durationMs).toBeGreaterThan(phonemes.durationMs * 1.4);
    expect((await say('fish &amp; chips')).durationMs).toBeGreaterThan((await say('fish & chips')).durationMs);
  });

  it('obeys SSML', async () => {
    const plain = await say('<speak>One. Two.</speak>', { markup: 'ssml' });
    const paused = await say('<speak>One. <break time="2s"/> Two.</speak>', { markup: 'ssml' });
    expect(paused.durationMs - plain.durationMs).toBeGreaterThan(1_500);
  });

  it('says nothing, rather than left-over samples, where there is nothing to say', async () => {
    const heard = await say('...');
    expect(heard.audio).toEqual([]);
    expect(heard.complete).toMatchObject({ bytes: 0, lastSeq: -1, audioMs: 0 });
  });

  it.each(['nope', 'en-us+nope', '', '../en', '!v/f3', 'en-us+../f3'])('does not know the voice %j', async (voice) => {
    await expect(say('x', { voice })).rejects.toMatchObject({ code: 'not_found', param: 'voice' });
  });

  it('refuses a language that the voice does not speak and takes narrower and wider names of one it does', async () => {
    const wrong = say('x', { voice: 'de', language: 'fr-FR' });
    await expect(wrong).rejects.toMatchObject({ code: 'unsupported', param: 'language' });
    await expect(say('x', { voice: 'en-us', language: 'en-GB' })).rejects.toMatchObject({ code: 'unsupported' });
    for (const language of ['en', 'en-US', 'EN-us'])
      expect((await say('x', { language })).complete.bytes).toBeGreaterThan(0);
    expect((await say('x', { voice: 'de', language: 'de-AT' })).complete.bytes).toBeGreaterThan(0);
  });

  it('refuses options it does not have', async () => {
    const odd = say('x', { providerOptions: { espeak: { wobble: 1 } } });
    await expect(odd).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('stops at once when the call is cancelled', async () => {
    const abort = new AbortController();
    const stream = provider.speak(request(`${SENTENCE} `.repeat(100)), call(abort.signal));
    let cancelledAtMs = 0;
    const reading = (async () => {
      for await (const part of stream) {
        if (part.type !== 'audio' || cancelledAtMs > 0) continue;
        cancelledAtMs = performance.now();
        abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - cancelledAtMs).toBeLessThan(50);
    expect((await say('Still here.')).complete.bytes).toBeGreaterThan(0);
    expect(hosts.stats().espeak).toMatchObject({ active: 0, restarts: 0 });
  });

  it('makes long audio window by window, without a seam', async () => {
    const text = '<speak>a<break time="60s"/>b<break time="60s"/>c</speak>';
    const heard = await say(text, { markup: 'ssml', timings: 'word' });
    const words = heard.timings.filter((part) => part.kind === 'word');
    expect(words.map((word) => word.value)).toEqual(['a', 'b', 'c']);
    expect(words[2]?.startMs).toBeGreaterThan(120_000);
    expect(Math.abs(heard.durationMs - 121_000)).toBeLessThan(1_500);
  });

  it('refuses to speak for longer than ten minutes at a stretch', async () => {
    const text = `<speak>a${'<break time="90s"/>b'.repeat(10)}</speak>`;
    await expect(say(text, { markup: 'ssml' })).rejects.toMatchObject({ code: 'too_large', provider: 'espeak' });
  });

  it('reports its health without speaking', async () => {
    expect(await provider.health()).toEqual({ state: 'ok', device: 'cpu', modelLoaded: true });
    const starting = await create(hosts, { hosts: 1 });
    expect(await starting.health()).toMatchObject({ state: 'degraded', modelLoaded: false });
    await starting.close();
    await expect(starting.voices(signal)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await starting.health()).toMatchObject({ state: 'down' });
  });
});
