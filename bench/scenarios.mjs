/**
 * What is measured. `model` is told to the fake vendor word by word (test/upstream/model-words.ts).
 *
 * - latency and throughput scenarios run all targets side by side and visit them in turn, `rounds` times, in an order
 *   drawn anew each round: a neighbour's load hits all of them alike, and differences are taken within a round;
 * - live scenarios give each target the machine, and processes of its own, for memory is among what they measure.
 */
const SHORT_CLIP = 'fake-sec0.5-chunk16384';
const SLOW_START = 'fake-sec0.5-chunk16384-ttfb50';
const REAL_TIME_MS = 40;

/** `streams` listeners of `seconds` of audio in real time; they join at no more than 400 a second. */
function live(streams, { door = 'http', format = 'pcm', sampleRateHz, seconds = 10 } = {}) {
  return {
    kind: 'live',
    door,
    speech: { model: `fake-sec${seconds}-rt${REAL_TIME_MS}`, seconds, everyMs: REAL_TIME_MS, format, sampleRateHz },
    load: { listeners: streams, requests: streams, rampMs: Math.max(2000, streams * 2.5) },
    warmUp: { requests: 500, listeners: 20 },
  };
}

const short = { model: SHORT_CLIP, seconds: 0.5, format: 'pcm' };
const slowStart = { ...short, model: SLOW_START };

export const scenarios = {
  solo: {
    kind: 'latency',
    door: 'http',
    speech: short,
    rounds: 20,
    load: { listeners: 1, requests: 200 },
    warmUp: { requests: 2000, listeners: 10 },
  },
  'solo-ttfb50': {
    kind: 'latency',
    door: 'http',
    speech: slowStart,
    rounds: 5,
    load: { listeners: 1, requests: 20 },
    warmUp: { requests: 500, listeners: 10 },
  },
  'open-200': {
    kind: 'latency',
    door: 'http',
    speech: slowStart,
    rounds: 6,
    load: { ratePerSecond: 200, requests: 200 },
    warmUp: { requests: 1000, listeners: 20 },
  },
  flood: {
    kind: 'throughput',
    door: 'http',
    speech: short,
    rounds: 10,
    load: { listeners: 50, durationMs: 500 },
    warmUp: { requests: 2000, listeners: 50 },
  },
  'live-200': live(200),
  'live-500': live(500),
  'live-1000': live(1000),
  'live-2000': live(2000),
  'websocket-200': live(200, { door: 'websocket' }),
  'websocket-1000': live(1000, { door: 'websocket' }),
  'socketio-200': live(200, { door: 'socketio' }),
  'socketio-1000': live(1000, { door: 'socketio' }),
  'resampled-100': live(100, { sampleRateHz: 16_000 }),
  'mp3-100': live(100, { format: 'mp3' }),
  'opus-100': live(100, { format: 'opus' }),
  'mulaw-100': live(100, { format: 'mulaw' }),
};

/** The same methods in seconds instead of minutes: shows that everything runs and that every byte is right. */
export const quickScenarios = {
  solo: {
    ...scenarios.solo,
    rounds: 3,
    load: { listeners: 1, requests: 60 },
    warmUp: { requests: 100, listeners: 10 },
  },
  flood: {
    ...scenarios.flood,
    rounds: 2,
    load: { listeners: 20, durationMs: 250 },
    warmUp: { requests: 200, listeners: 20 },
  },
  'live-20': {
    ...live(20, { seconds: 1 }),
    targets: ['direct', 'node-undici', 'gateway'],
    warmUp: { requests: 20, listeners: 10 },
  },
  'websocket-10': { ...live(10, { door: 'websocket', seconds: 1 }), warmUp: { requests: 10, listeners: 5 } },
  'socketio-10': { ...live(10, { door: 'socketio', seconds: 1 }), warmUp: { requests: 10, listeners: 5 } },
  'mulaw-10': { ...live(10, { format: 'mulaw', seconds: 1 }), warmUp: { requests: 10, listeners: 5 } },
};

/** Doors and formats that only the gateway has. */
export function gatewayOnly({ door, speech }) {
  return door !== 'http' || speech.format !== 'pcm' || speech.sampleRateHz !== undefined;
}
