// Cost per call of the policies, in microseconds: `node --import tsx bench/policies.mjs [calls]`. One process, no
// network: the handler below answers at once with a start, `AUDIO_PARTS` audio parts and the end.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheKey } from '../src/cache/cache-key.js';
import { DiskClipStore } from '../src/cache/disk-clip-store.js';
import { MemoryClipStore } from '../src/cache/memory-clip-store.js';
import { SpeechCache } from '../src/cache/speech-cache.js';
import { silentLog } from '../src/core/call-context.js';
import { breaker } from '../src/policies/breaker.js';
import { continuation } from '../src/policies/continuation/continuation.js';
import { fallback } from '../src/policies/fallback.js';
import { ProviderBreaker } from '../src/policies/provider-breaker.js';
import { retry } from '../src/policies/retry.js';
import { ShareBudget } from '../src/policies/share-budget.js';
import { SlotPool } from '../src/policies/slot-pool.js';
import { slots } from '../src/policies/slots.js';

const CALLS = Number(process.argv[2] ?? 5000);
const ROUNDS = 7;
const AUDIO_PARTS = 10;
const DATA = Buffer.alloc(4800, 17);

const request = {
  text: 'The quick brown fox jumps over the lazy dog.',
  markup: 'plain',
  provider: 'p',
  voice: 'v',
  targetFormat: 'pcm16',
  speed: 1,
  pitch: 0,
  volume: 0,
  timings: 'none',
  substitute: 'mapped',
  cache: 'default',
  priority: 'realtime',
  providerOptions: {},
  metadata: {},
};
const call = () => ({
  sessionId: 's',
  requestId: 'r',
  transport: 'rest',
  signal: new AbortController().signal,
  receivedAtMs: performance.now(),
  log: silentLog,
});
async function* speak() {
  yield {
    type: 'start',
    sessionId: 's',
    provider: 'p',
    voice: 'p/v',
    format: 'pcm16',
    sampleRateHz: 24000,
    channels: 1,
    warnings: [],
  };
  for (let seq = 0; seq < AUDIO_PARTS; seq += 1) yield { type: 'audio', seq, data: DATA, segment: 0 };
  const timingsMs = { queue: 0, firstAudio: 0, total: 0 };
  yield {
    type: 'complete',
    verdict: 'complete',
    provider: 'p',
    voice: 'p/v',
    characters: 44,
    audioMs: 1000,
    bytes: 48000,
    lastSeq: 9,
    seams: 0,
    cached: false,
    attempts: [],
    timingsMs,
  };
}

async function callsOf(handlerOf, asked = request) {
  const startedAtMs = performance.now();
  for (let index = 0; index < CALLS; index += 1) {
    for await (const part of handlerOf()(asked, call())) if (part === undefined) throw new Error('no part');
  }
  return ((performance.now() - startedAtMs) * 1000) / CALLS;
}

async function firstAudioOf(handler) {
  for (let index = 0; index < 500; index += 1)
    for await (const part of handler(request, call())) if (part.type === 'audio') break;
  const waits = [];
  for (let index = 0; index < CALLS; index += 1) {
    const startedAtMs = performance.now();
    for await (const part of handler(request, call())) if (part.type === 'audio') break;
    waits.push((performance.now() - startedAtMs) * 1000);
  }
  waits.sort((a, b) => a - b);
  return { p50: waits[Math.floor(CALLS * 0.5)], p99: waits[Math.floor(CALLS * 0.99)] };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const rounded = (value) => `${value.toFixed(1)} µs`.padStart(11);
const dir = await mkdtemp(join(tmpdir(), 'bench-policies-'));
const circuit = new ProviderBreaker({ provider: 'p', errorPercent: 50, windowMs: 10_000, resetMs: 5000, volume: 5 });
const pool = new SlotPool({ provider: 'p', maxActive: 100, maxQueued: 500 });
const budget = new ShareBudget(0.2);
const one = (policy) => () => policy(speak);
const candidates = [{ provider: 'p', voice: 'p/v', speak }];
const contenders = {
  breaker: one(breaker(circuit)),
  slots: one(slots(pool)),
  retry: one(retry({ attempts: 2, baseMs: 100, maxMs: 2000, budget })),
  fallback: () => fallback({ candidates }),
  continuation: one(continuation({ mode: 'word', toPcm: () => (source) => source })),
};
const bare = [];
const costs = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(await callsOf(() => speak));
  for (const [name, handlerOf] of Object.entries(contenders)) costs[name].push(await callsOf(handlerOf));
}
const base = median(bare);
console.log(`${CALLS} calls × ${ROUNDS} rounds, ${AUDIO_PARTS} audio parts of ${DATA.length} bytes each; medians`);
console.log(`bare handler       ${rounded(base)} a call`);
for (const [name, values] of Object.entries(costs)) {
  console.log(`+ ${name.padEnd(16)} ${rounded(median(values) - base)} a call`);
}

const ttl = { maxBytes: 100_000_000, ttlMs: 1_000_000 };
const stores = {
  memory: new MemoryClipStore(ttl),
  disk: await DiskClipStore.open({ ...ttl, dir: join(dir, 'clips'), log: silentLog }),
};
const startedAtMs = performance.now();
for (let index = 0; index < CALLS; index += 1) cacheKey(request);
console.log(`cache key          ${rounded(((performance.now() - startedAtMs) * 1000) / CALLS)}`);
for (const [name, store] of Object.entries(stores)) {
  const cache = await SpeechCache.open({ store, spoolDir: join(dir, 'spool'), log: silentLog });
  const handler = cache.policy({ keyOf: cacheKey })(speak);
  for await (const part of handler(request, call())) if (part.type === 'complete') break;
  while (cache.stats().running > 0) await new Promise((resolve) => setImmediate(resolve));
  for await (const part of handler(request, call())) if (part.cache === 'miss') throw new Error('not a hit');
  const { p50, p99 } = await firstAudioOf(handler);
  console.log(`${name.padEnd(6)} hit, first byte ${rounded(p50)} p50 ${rounded(p99)} p99`);
  await cache.close();
}
circuit.close();
await rm(dir, { recursive: true, force: true });
