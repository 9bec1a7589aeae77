import type { ErrorCode } from '../../../src/core/speech-error.js';
import type { Behaviour } from '../../upstream/behaviour.js';

/** When it goes wrong. `before`: no audio was heard; `at the end`: all of the audio was sent, but not its end. */
export type Moment = 'before' | 'mid-stream' | 'at the end';

/** What an upstream does, and what the gateway's callers get of it. The documentation is made from this table. */
export interface Fault {
  readonly name: string;
  readonly moment: Moment;
  /** `refused`: nothing listens there. */
  readonly upstream: Behaviour | 'refused';
  /** How a speech of this target alone ends; undefined: it is spoken whole in spite of it. */
  readonly code: ErrorCode | undefined;
  /** The same target is asked once more, where retries are on. */
  readonly retried: boolean;
}

/** Of the tone code: ms for a character at speed 1, and bytes of PCM at 24 kHz for it. */
export const CHARACTER_MS = 60;
const CHARACTER_BYTES = CHARACTER_MS * 48;

/** One sentence, so that every call has the same faults. */
export const TEXT = 'Each word of this is heard.';
export const WHOLE_BYTES = TEXT.length * CHARACTER_BYTES;
const HALF = 12 * CHARACTER_BYTES;
/** No more than a tenth. */
const LITTLE = 2 * CHARACTER_BYTES;

function before(name: string, upstream: Fault['upstream'], code: ErrorCode, retried = true): Fault {
  return { name, moment: 'before', upstream, code, retried };
}

function refusal(status: number, code: ErrorCode, retried: boolean): Fault {
  return before(`HTTP ${status}`, { refusal: { status } }, code, retried);
}

function midStream(name: string, upstream: Behaviour, code: ErrorCode): Fault {
  return { name, moment: 'mid-stream', upstream, code, retried: false };
}

function atTheEnd(name: string, upstream: Behaviour, code: ErrorCode | undefined): Fault {
  return { name, moment: 'at the end', upstream, code, retried: false };
}

function harmless(name: string, upstream: Behaviour): Fault {
  return { name, moment: 'before', upstream, code: undefined, retried: false };
}

export const FAULTS: readonly Fault[] = [
  before('connection refused', 'refused', 'upstream_failed'),
  before('reset before the head', { fault: { kind: 'reset-before-headers' } }, 'upstream_failed'),
  before('hang before the head', { fault: { kind: 'hang-before-headers' } }, 'deadline'),
  before('hang before the audio', { fault: { kind: 'hang-before-audio' } }, 'deadline'),
  refusal(400, 'invalid_request', false),
  refusal(401, 'upstream_failed', false),
  refusal(402, 'quota_exceeded', false),
  refusal(403, 'upstream_failed', false),
  refusal(404, 'not_found', false),
  refusal(408, 'upstream_failed', true),
  refusal(413, 'too_large', false),
  refusal(429, 'rate_limited', true),
  before('HTTP 429, Retry-After: 7', { refusal: { status: 429, retryAfter: '7' } }, 'rate_limited', false),
  refusal(500, 'upstream_failed', true),
  refusal(502, 'upstream_failed', true),
  refusal(503, 'upstream_failed', true),
  before('HTTP 503, Retry-After: 7', { refusal: { status: 503, retryAfter: '7' } }, 'upstream_failed', false),
  before('HTML under 200', { lie: 'html' }, 'upstream_failed'),
  before('JSON error under 200', { lie: 'json-error' }, 'upstream_failed'),
  before('empty under 200', { lie: 'empty' }, 'incomplete'),
  midStream('reset', { fault: { kind: 'reset', afterBytes: HALF } }, 'upstream_failed'),
  midStream('stall', { fault: { kind: 'stall', afterBytes: HALF } }, 'deadline'),
  midStream('cut, chunked', { fault: { kind: 'cut', afterBytes: HALF } }, 'upstream_failed'),
  midStream('cut, Content-Length', { framing: 'length', fault: { kind: 'cut', afterBytes: HALF } }, 'upstream_failed'),
  midStream('truncated to a tenth', { fault: { kind: 'truncate', afterBytes: LITTLE } }, 'incomplete'),
  midStream('silence', { lie: 'silence' }, 'incomplete'),
  midStream('flood without end', { lie: 'flood' }, 'incomplete'),
  atTheEnd('reset', { fault: { kind: 'reset', afterBytes: WHOLE_BYTES } }, 'upstream_failed'),
  atTheEnd('stall', { fault: { kind: 'stall', afterBytes: WHOLE_BYTES } }, 'deadline'),
  atTheEnd('cut, chunked', { fault: { kind: 'cut', afterBytes: WHOLE_BYTES } }, 'upstream_failed'),
  atTheEnd('closed, no end marked', { framing: 'close' }, 'incomplete'),
  harmless('wrong codec (MP3 labelled PCM)', { lie: 'wrong-codec' }),
  harmless('wrong rate (16 kHz, labelled so)', { lie: 'wrong-rate' }),
  harmless('slow drip (10 ms every 20 ms)', { chunkBytes: 480, everyMs: 20 }),
];

/** Who may speak: the target alone; a healthy one after it; that one beside it when it is late. */
export const STRATEGIES = ['single', 'priority', 'hedged'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export function routeOf(index: number, strategy: Strategy): string {
  return `fault-${index}-${strategy}`;
}

export function providerOf(index: number): string {
  return `vendor-${index}`;
}

/** The healthy target. */
export const HEALTHY = 'healthy';

/** The config of a gateway that has each fault as a provider, and each strategy over it as a route. */
export function matrixConfig(urlOf: (index: number) => string): Record<string, unknown> {
  const indices = FAULTS.map((_, index) => index);
  const vendor = (index: number) => ({
    type: 'openai',
    base_url: `${urlOf(index)}/v1`,
    models: ['tts-1'],
    voices: ['alloy'],
    formats: ['pcm16'],
    prewarm: false,
  });
  const sick = (index: number) => ({ voice: `${providerOf(index)}/alloy` });
  const well = { voice: `${HEALTHY}/sine` };
  return {
    providers: {
      [HEALTHY]: { type: 'tone' },
      ...Object.fromEntries(indices.map((index) => [providerOf(index), vendor(index)])),
    },
    routes: Object.fromEntries([
      ['default', { targets: [well] }],
      ...indices.flatMap((index) => [
        [routeOf(index, 'single'), { targets: [sick(index)] }],
        [routeOf(index, 'priority'), { targets: [sick(index), well] }],
        [routeOf(index, 'hedged'), { targets: [sick(index), well], hedge_after_ms: 50 }],
      ]),
    ]),
    policies: {
      first_audio_ms: 800,
      inter_chunk_ms: 800,
      retry: { attempts: 2, base_ms: 10, max_ms: 50, budget: 1 },
      breaker: { volume: 1_000_000 },
    },
  };
}
