// One run over the built gateway without its doors: prints figures as JSON. See ../engines.mjs.
import { silentLog } from '../../dist/src/core/call-context.js';
import { gatewaySchema } from '../../dist/src/config/gateway-schema.js';
import { openGateway } from '../../dist/src/gateway/open-gateway.js';
import { median } from '../load/samples.mjs';
import { childrenOf, readProcesses } from '../process-cost.mjs';

const FIRST_AUDIOS = 30;
const ENCODINGS = ['pcm16', 'mp3', 'opus', 'flac', 'aac', 'mulaw'];
const SHORT = 'Hello there, how are you today?';
const LONG = Array.from({ length: 12 }, (_, i) => `This is sentence number ${i} of a dozen, and not a long one.`).join(
  ' ',
);

const REQUEST = {
  markup: 'plain',
  speed: 1,
  pitch: 0,
  volume: 0,
  timings: 'none',
  substitute: 'mapped',
  cache: 'bypass',
  priority: 'realtime',
  providerOptions: {},
  metadata: {},
};
const observers = { started() {}, ended() {}, hostRestarted() {}, hostWaited() {} };
const config = gatewaySchema.parse({
  providers: { espeak: { type: 'espeak' }, tone: { type: 'tone' } },
  // The first speech waits for its engine to load.
  policies: { first_audio_ms: 30_000, deadline_ms: 30_000 },
});
const gateway = await openGateway({ config, log: silentLog, observers, warm: true });

const figures = { espeak: await espeak() };
for (const encoding of ENCODINGS) figures[encoding] = await encode(encoding);
console.log(JSON.stringify(figures));
await gateway.close();

/** From the request to the first audio, engine warm; and the CPU of a second of speech. */
async function espeak() {
  for (let round = 0; round < 5; round += 1) await speak('espeak/en-us', SHORT);
  const waits = [];
  for (let round = 0; round < FIRST_AUDIOS; round += 1) waits.push((await speak('espeak/en-us', SHORT)).firstMs);
  waits.sort((a, b) => a - b);
  const { cpuMs, audioSeconds } = await cost('espeak/en-us', LONG);
  return {
    'first audio p50 ms': median(waits),
    'slowest of 30 ms': waits.at(-1),
    'CPU ms/audio-s': cpuMs / audioSeconds,
  };
}

/** CPU of a second of audio in one encoding, of the whole way from a voice that costs next to nothing. */
async function encode(encoding) {
  await speak('tone/sine', SHORT, encoding);
  const { cpuMs, audioSeconds } = await cost('tone/sine', LONG, encoding);
  return { 'CPU ms/audio-s': cpuMs / audioSeconds };
}

async function cost(voice, text, encoding) {
  const pids = [process.pid, ...childrenOf(process.pid)];
  const before = readProcesses(pids).cpuSeconds;
  const { audioSeconds } = await speak(voice, text, encoding);
  return { cpuMs: (readProcesses(pids).cpuSeconds - before) * 1000, audioSeconds };
}

async function speak(voice, text, targetFormat = 'pcm16') {
  const startedAtMs = performance.now();
  let firstMs;
  let audioSeconds = 0;
  const call = {
    sessionId: gateway.sessions.constructor.newId(),
    requestId: 'bench',
    transport: 'cli',
    signal: new AbortController().signal,
    receivedAtMs: startedAtMs,
    log: silentLog,
  };
  const request = { ...REQUEST, text, voice, targetFormat };
  for await (const part of gateway.sessions.speakOnce(request, call)) {
    if (part.type === 'audio') firstMs ??= performance.now() - startedAtMs;
    if (part.type === 'complete') audioSeconds = part.audioMs / 1000;
  }
  return { firstMs, audioSeconds };
}
