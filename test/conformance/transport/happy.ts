import { expect, it } from 'vitest';
import { audioOf, collect, testCall, testRequest } from '../../support/speech-parts.js';
import { decodeTone, SENTENCES } from '../../support/tone.js';
import { listen, type ToldPart } from '../doors/door.js';
import type { Stage } from './stage.js';

export function happyStories(stage: () => Stage): void {
  it('delivers the very bytes that the provider makes, and they carry the text', async () => {
    const { client, server } = stage();
    const text = 'Every byte arrives once.';
    const provider = server.gateway.settings().providers.get('tone')!;
    const made = audioOf(await collect(provider.speak(testRequest({ text, voice: 'sine' }), testCall())));
    const heard = await listen(await client.speak({ text }));
    expect(heard.equals(made)).toBe(true);
    expect(decodeTone(heard)).toBe(text);
  });

  it('speaks several sentences in their order, without a gap between them', async () => {
    const { client } = stage();
    const heard = await listen(await client.speak({ text: SENTENCES.join(' ') }));
    expect(decodeTone(heard)).toBe(SENTENCES.join(' '));
  });

  it('tells start, then audio 0, 1, 2, …, then one complete with the true totals', async () => {
    const { client, door } = stage();
    const hearing = await client.speak({ text: SENTENCES.join(' '), timings: 'word' });
    const heard = await listen(hearing);
    if (door.tells === 'nothing') return;
    expect(hearing.told.map(({ type }) => type).filter((type) => type === 'complete')).toHaveLength(1);
    expect(hearing.told.at(-1)?.type).toBe('complete');
    if (door.tells === 'everything') expectOrder(hearing.told, heard.length);
  });

  it('two speeches of one client are heard apart', async () => {
    const { client } = stage();
    const texts = ['one by one', 'two by two', 'three by three', 'four by four'];
    const hearings = await Promise.all(texts.map((text) => client.speak({ text })));
    expect(new Set(hearings.map(({ sessionId }) => sessionId)).size).toBe(texts.length);
    const heard = await Promise.all(hearings.map(listen));
    expect(heard.map(decodeTone)).toEqual(texts);
  });

  it('leaves nothing behind', async () => {
    const { client, server } = stage();
    const hearing = await client.speak({ text: 'Gone when it is over.' });
    await listen(hearing);
    await server.watch.stopped(hearing.sessionId);
    await expect.poll(() => server.gateway.active.size, { timeout: 3000 }).toBe(0);
    expect((await server.gateway.sessions.get(hearing.sessionId)).state).toBe('completed');
  });
}

function expectOrder(told: readonly ToldPart[], bytes: number): void {
  const audio = told.filter(({ type }) => type === 'audio');
  const [start, end] = [told[0], told.at(-1)];
  expect(start).toMatchObject({ type: 'start', provider: 'tone', voice: 'tone/sine', format: 'pcm16', warnings: [] });
  expect(audio.map(({ seq }) => seq)).toEqual(audio.map((_, index) => index));
  expect(end).toMatchObject({ complete: true, verdict: 'complete', bytes, last_seq: audio.length - 1, seams: 0 });
  const rate = Number(start?.['sample_rate_hz']);
  expect(end?.['audio_ms']).toBeCloseTo((bytes / 2 / rate) * 1000, -1);
  const segments = told.filter(({ type }) => type === 'segment');
  expect(segments.map(({ index }) => index)).toEqual(SENTENCES.map((_, index) => index));
  const whole = SENTENCES.join(' ');
  const said = segments.map((segment) => whole.slice(Number(segment['text_start']), Number(segment['text_end'])));
  expect(said.map((text) => text.trim())).toEqual(SENTENCES);
  expectTimings(told, whole, Number(end?.['audio_ms']));
}

/** Words carry the offsets of the text as it was sent, and go forward in time up to the end of the audio. */
function expectTimings(told: readonly ToldPart[], text: string, audioMs: number): void {
  const words = told.filter(({ type, kind }) => type === 'timing' && kind === 'word');
  const spelt = words.map((word) => text.slice(Number(word['text_start']), Number(word['text_end'])));
  expect(spelt).toEqual(text.match(/[A-Za-z]+/g));
  const starts = words.map((word) => Number(word['start_ms']));
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(Number(words.at(-1)?.['end_ms'])).toBeLessThanOrEqual(audioMs + 1);
}
