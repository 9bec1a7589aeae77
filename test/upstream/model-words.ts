import { BYTES_PER_MS } from './bench-audio.js';
import type { Behaviour, Fault, Lie } from './behaviour.js';

/**
 * What to do, as words of a model name, so that it passes through any gateway: `fake-sec10-rt40-ttfb50-seed7`.
 *
 *   secN     seconds of bench audio (may be a fraction); without it the text is spoken
 *   rtN      real-time pacing in chunks of N ms         chunkN   bytes in a chunk
 *   everyN   ms between chunks                          ttfbN    ms before the first byte of audio
 *   headN    ms before the head                         seedN    which bench audio
 *   len      Content-Length                             close    ends by closing, HTTP/1.0 style
 *   hang     never answers                              mute     a head and no audio
 *   stallN resetN truncN shortN                         stops, resets, cuts, ends too early after N bytes
 *   statusN  that status and an error                   retryN   Retry-After: N, with statusN
 *   garbage  a page of HTML under 200                   json     a JSON error under 200
 *   empty silence codec rate flood drip                 the other lies and a slow drip
 *   split nodone ssecut                                 SSE in bytes, without its end, ended by an error
 *   dup      every header twice
 */
const NUMBERED: Readonly<Record<string, (n: number) => Behaviour>> = {
  sec: (seconds) => ({ seconds }),
  rt: (ms) => ({ chunkBytes: ms * BYTES_PER_MS, everyMs: ms }),
  chunk: (chunkBytes) => ({ chunkBytes }),
  every: (everyMs) => ({ everyMs }),
  ttfb: (ttfbMs) => ({ ttfbMs }),
  head: (headersAfterMs) => ({ headersAfterMs }),
  seed: (seed) => ({ seed }),
  stall: (afterBytes) => ({ fault: { kind: 'stall', afterBytes } }),
  reset: (afterBytes) => ({ fault: { kind: 'reset', afterBytes } }),
  trunc: (afterBytes) => ({ fault: { kind: 'cut', afterBytes } }),
  short: (afterBytes) => ({ fault: { kind: 'truncate', afterBytes } }),
  status: (status) => ({ refusal: { status } }),
};

const fault = (kind: 'hang-before-headers' | 'hang-before-audio'): Behaviour => ({ fault: { kind } satisfies Fault });
const lie = (name: Lie): Behaviour => ({ lie: name });

const FLAGS: Readonly<Record<string, Behaviour>> = {
  len: { framing: 'length' },
  close: { framing: 'close' },
  hang: fault('hang-before-headers'),
  mute: fault('hang-before-audio'),
  garbage: lie('html'),
  json: lie('json-error'),
  empty: lie('empty'),
  silence: lie('silence'),
  codec: lie('wrong-codec'),
  rate: lie('wrong-rate'),
  flood: lie('flood'),
  drip: { chunkBytes: 48, everyMs: 100 },
  split: { sse: { splitBytes: 1 } },
  nodone: { sse: { done: false } },
  ssecut: { sse: { errorAfterBytes: 4800 } },
  dup: {
    headers: [
      ['content-type', 'audio/pcm'],
      ['x-request-id', 'again'],
      ['x-request-id', 'and again'],
    ],
  },
};

/** Undefined where `model` is no fake model name. Throws for a word it does not know. */
export function readModelWords(model: unknown): Behaviour | undefined {
  const at = typeof model === 'string' ? model.indexOf('fake') : -1;
  return at < 0 ? undefined : readWords((model as string).slice(at + 4));
}

/** The words alone: `sec10-rt40`. */
export function readWords(words: string): Behaviour {
  let behaviour: Behaviour = {};
  let retryAfter: string | undefined;
  for (const word of words.split('-').filter((text) => text !== '')) {
    const [, name = '', digits] = /^([a-z]+)(\d+(?:\.\d+)?)?$/.exec(word) ?? [];
    const found = digits === undefined ? FLAGS[name] : NUMBERED[name]?.(Number(digits));
    if (name === 'retry' && digits !== undefined) retryAfter = digits;
    else if (!found) throw new Error(`unknown word "${word}" in a fake model name`);
    behaviour = { ...behaviour, ...found };
  }
  if (retryAfter === undefined || !behaviour.refusal) return behaviour;
  return { ...behaviour, refusal: { ...behaviour.refusal, retryAfter } };
}
