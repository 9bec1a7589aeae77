import { expect, it } from 'vitest';
import { testRequest } from '../../test/support/speech-parts.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { cacheKey } from './cache-key.js';

const BASE = testRequest({ provider: 'p', voice: 'v', providerOptions: { p: { a: 1, b: [1, { c: 2 }] } } });

it.each<Partial<SpeechRequest>>([
  { text: 'Hello there!' },
  { markup: 'ssml' },
  { provider: 'q' },
  { voice: 'w' },
  { model: 'm' },
  { language: 'de' },
  { targetFormat: 'mp3' },
  { sampleRateHz: 8000 },
  { speed: 1.1 },
  { pitch: 1 },
  { volume: 1 },
  { voiceDescription: 'old' },
  { instructions: 'sad' },
  { timings: 'word' },
  { providerOptions: { p: { a: 1, b: [{ c: 2 }, 1] } } },
])('%j has a key of its own', (change) => {
  expect(cacheKey({ ...BASE, ...change })).not.toBe(cacheKey(BASE));
});

it.each<Partial<SpeechRequest>>([
  { metadata: { a: 'b' } },
  { priority: 'batch' },
  { deadlineMs: 5 },
  { substitute: 'any' },
  { cache: 'refresh' },
  { providerOptions: { p: { b: [1, { c: 2 }], a: 1 } } },
])('%j shapes nothing', (change) => {
  expect(cacheKey({ ...BASE, ...change })).toBe(cacheKey(BASE));
});

it('is 64 hex digits', () => {
  expect(cacheKey(BASE)).toMatch(/^[0-9a-f]{64}$/);
});
