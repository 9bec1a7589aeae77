import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../src/core/provider.js';
import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { benchAudioMatches, benchBytes } from '../../test/upstream/bench-audio.js';
import { startUpstream, type Upstream } from '../../test/upstream/start-upstream.js';
import { probe } from '../../test/support/ffmpeg.js';
import { testCall, testRequest } from '../../test/support/speech-parts.js';
import { decodeTone } from '../tone/tone-codec.js';
import { hear, openProvider, type Heard } from './fixtures/open-provider.js';

const TEXT = 'Hello there.';
let upstream: Upstream;
let provider: Provider;

beforeEach(async () => {
  upstream = await startUpstream();
  provider = await openProvider(upstream);
});

afterEach(async () => {
  await provider.close();
  await upstream.close();
});

const speak = (more: Partial<SpeechRequest> = {}): Promise<Heard> =>
  hear(provider.speak(testRequest({ text: TEXT, voice: 'nova', model: 'tts-1', ...more }), testCall()));

describe('a speech', () => {
  it('is heard as it was written, part by part', async () => {
    const { parts, audio, start } = await speak();
    expect(start).toMatchObject({
      provider: 'up',
      voice: 'up/nova',
      format: 'pcm16',
      sampleRateHz: 24_000,
      channels: 1,
    });
    expect(decodeTone(audio, 24_000)).toBe(TEXT);
    const sequence = parts.flatMap((part) => (part.type === 'audio' ? [part.seq] : []));
    expect(sequence).toEqual(sequence.map((_, index) => index));
    expect(parts.at(-1)).toMatchObject({
      type: 'complete',
      bytes: audio.length,
      characters: TEXT.length,
      audioMs: 780,
    });
  });

  it('sends the documented fields and none of ours', async () => {
    const more = { instructions: 'Whisper.', speed: 1.25, metadata: { team: 'a' }, language: 'en', deadlineMs: 900 };
    await speak({ ...more, model: 'gpt-4o-mini-tts', cache: 'bypass', priority: 'batch' });
    expect(upstream.speeches()[0]?.json).toEqual({
      model: 'gpt-4o-mini-tts',
      input: TEXT,
      voice: 'nova',
      response_format: 'pcm',
      speed: 1.25,
      instructions: 'Whisper.',
    });
  });

  it('warns of instructions that the model does not read, and keeps them back', async () => {
    const { start } = await speak({ instructions: 'Whisper.' });
    expect(start?.warnings).toEqual(['instructions is not honoured by the model tts-1']);
    expect(upstream.speeches()[0]?.json).not.toHaveProperty('instructions');
  });

  it('delivers each chunk as it is made', async () => {
    upstream.script({ seconds: 0.4, chunkBytes: 1920, everyMs: 40, ttfbMs: 50 });
    const arrivals: number[] = [];
    for await (const part of provider.speak(testRequest({ voice: 'nova' }), testCall())) {
      if (part.type === 'audio') arrivals.push(performance.now());
    }
    const request = upstream.speeches()[0]!;
    expect(arrivals).toHaveLength(10);
    expect(arrivals[0]! - request.firstAudioAtMs!).toBeLessThan(100);
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(200);
  });

  it('does nothing before it is pulled', async () => {
    const stream = provider.speak(testRequest({ voice: 'nova' }), testCall());
    await hear(provider.speak(testRequest({ voice: 'nova', text: 'Only this.' }), testCall()));
    expect(upstream.speeches().map(({ json }) => json?.['input'])).toEqual(['Only this.']);
    await stream[Symbol.asyncIterator]().return?.();
  });

  it('keeps samples whole, however the network cuts them', async () => {
    upstream.script({ seconds: 0.2, seed: 3, chunkBytes: 333 });
    const { parts, audio } = await speak();
    expect(parts.every((part) => part.type !== 'audio' || part.data.length % 2 === 0)).toBe(true);
    expect(audio.length).toBe(benchBytes(0.2));
    expect(benchAudioMatches(3, 0, audio)).toBe(true);
  });

  it.each(['length', 'chunked'] as const)('ends whole where the %s says so', async (framing) => {
    upstream.script({ framing, seconds: 1 });
    const { audio, error } = await speak();
    expect([audio.length, error]).toEqual([benchBytes(1), undefined]);
  });

  it('goes over kept connections, again and again', async () => {
    for (let i = 0; i < 10; i += 1) await speak();
    expect(upstream.stats().completed).toBe(10);
    // undici frees a socket one turn of the loop after its answer; by then the next speech may have taken a second one.
    expect(upstream.stats().connections).toBeLessThanOrEqual(2);
  });
});

describe('the format', () => {
  it.each(['mp3', 'opus', 'flac', 'aac'] as const)('is %s as it was asked, untouched', async (targetFormat) => {
    const { audio, start } = await speak({ targetFormat });
    expect(upstream.speeches()[0]?.json).toMatchObject({ response_format: targetFormat });
    expect(start?.format).toBe(targetFormat);
    expect(probe(audio)).toMatchObject({ codec: targetFormat, channels: start?.channels });
    if (targetFormat !== 'opus') expect(probe(audio).sampleRateHz).toBe(start?.sampleRateHz);
  });

  it.each([
    ['wav', undefined],
    ['mulaw', undefined],
    ['mp3', 44_100],
    ['pcm16', 8000],
  ] as const)('is samples where %s at %s Hz has to be made here', async (targetFormat, sampleRateHz) => {
    const { start } = await speak({ targetFormat, ...(sampleRateHz && { sampleRateHz }) });
    expect(start).toMatchObject({ format: 'pcm16', sampleRateHz: 24_000 });
  });

  it('is wav with the rate of its header where the server makes nothing else', async () => {
    await provider.close();
    provider = await openProvider(upstream, { formats: ['wav'] });
    const { start, audio } = await speak();
    expect(upstream.speeches()[0]?.json).toMatchObject({ response_format: 'wav' });
    expect(start).toMatchObject({ format: 'wav', sampleRateHz: 24_000 });
    expect(audio.toString('latin1', 0, 4)).toBe('RIFF');
  });

  it.each([
    ['wrong-codec', {}, { format: 'mp3', sampleRateHz: 24_000 }],
    ['wrong-rate', {}, { format: 'pcm16', sampleRateHz: 16_000 }],
    [undefined, { format: 'wav', contentType: 'audio/pcm' }, { format: 'wav', sampleRateHz: 24_000 }],
    [undefined, { format: 'opus', contentType: 'audio/mpeg' }, { format: 'opus' }],
    [undefined, { format: 'wav', contentType: 'text/html' }, { format: 'wav' }],
    [undefined, { contentType: 'application/octet-stream' }, { format: 'pcm16', sampleRateHz: 24_000 }],
    [undefined, { contentType: 'audio/wav' }, { format: 'pcm16', sampleRateHz: 24_000 }],
    [undefined, { contentType: 'audio/pcm;rate=22050' }, { format: 'pcm16', sampleRateHz: 22_050 }],
    [undefined, { format: 'flac', chunkBytes: 1 }, { format: 'flac', sampleRateHz: 24_000 }],
  ] as const)('is told by the bytes: %s %o', async (lie, behaviour, expected) => {
    upstream.script({ ...behaviour, ...(lie && { lie }) });
    expect((await speak()).start).toMatchObject(expected);
  });
});

describe('server-sent events', () => {
  beforeEach(async () => {
    await provider.close();
    provider = await openProvider(upstream, { stream_format: 'sse' });
  });

  it.each([
    {},
    { splitBytes: 1 },
    { splitBytes: 7, crlf: true, eventLines: true },
    { sentinel: true, usage: 'token_usage' },
    { usage: 'none', field: 'delta' },
    { sentinel: true, done: false },
  ] as const)('are read in any manner: %o', async (sse) => {
    upstream.script({ sse });
    const { audio, parts } = await speak({ model: 'gpt-4o-mini-tts' });
    expect(upstream.speeches()[0]?.json).toMatchObject({ stream_format: 'sse' });
    expect(decodeTone(audio, 24_000)).toBe(TEXT);
    expect(parts.at(-1)?.type).toBe('complete');
  });

  it('are not asked of a model that has none', async () => {
    await speak({ model: 'tts-1' });
    expect(upstream.speeches()[0]?.json).not.toHaveProperty('stream_format');
  });

  it.each([{ done: false }, { errorAfterBytes: 9600 }])('that end before they are done fail: %o', async (sse) => {
    upstream.script({ sse });
    const { error, parts } = await speak({ model: 'gpt-4o-mini-tts' });
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true, provider: 'up' });
    expect(parts.some(({ type }) => type === 'complete')).toBe(false);
  });
});

describe('a reader', () => {
  it('that leaves closes the connection within 50 ms', async () => {
    upstream.script({ seconds: 10, chunkBytes: 1920, everyMs: 40 });
    let leftAtMs = 0;
    for await (const part of provider.speak(testRequest({ voice: 'nova' }), testCall())) {
      if (part.type === 'audio' && part.seq === 2) break;
    }
    leftAtMs = performance.now();
    expect(await upstream.speeches()[0]!.ended).toBe('left');
    expect(upstream.speeches()[0]!.endedAtMs! - leftAtMs).toBeLessThan(50);
  });

  it.each([
    { kind: 'hang-before-headers' },
    { kind: 'hang-before-audio' },
    { kind: 'stall', afterBytes: 4800 },
  ] as const)(
    'that cancels during %o is answered at once, and the connection is closed within 50 ms',
    async (fault) => {
      upstream.script({ seconds: 1, fault });
      const cancel = new AbortController();
      const reading = hear(provider.speak(testRequest({ voice: 'nova' }), testCall({ signal: cancel.signal })));
      const request = await upstream.arrival(0);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const atMs = performance.now();
      cancel.abort(new SpeechError('deadline', 'Too late.'));
      expect((await reading).error).toMatchObject({ code: 'deadline' });
      expect(performance.now() - atMs).toBeLessThan(50);
      expect(await request.ended).toBe('left');
      expect(request.endedAtMs! - atMs).toBeLessThan(50);
    },
  );

  it('that stops pauses the server, and loses nothing when it goes on', async () => {
    upstream.script({ seconds: 120, seed: 5 });
    const stream = provider.speak(testRequest({ voice: 'nova' }), testCall())[Symbol.asyncIterator]();
    const pieces: Buffer[] = [];
    const pull = async (): Promise<boolean> => {
      const { done, value } = await stream.next();
      if (!done && value.type === 'audio') pieces.push(value.data);
      return !done;
    };
    while (pieces.length < 3) await pull();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const request = upstream.speeches()[0]!;
    expect(request.outcome).toBeUndefined();
    const sentWhilePaused = request.audioBytes;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(request.audioBytes).toBe(sentWhilePaused);
    while (await pull());
    const audio = Buffer.concat(pieces);
    expect(audio.length).toBe(benchBytes(120));
    expect(benchAudioMatches(5, 0, audio)).toBe(true);
  });

  it('that had cancelled before it came costs no request', async () => {
    const { error } = await hear(
      provider.speak(testRequest({ voice: 'nova' }), testCall({ signal: AbortSignal.abort() })),
    );
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(upstream.requests).toHaveLength(0);
  });
});
