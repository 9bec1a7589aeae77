import fc from 'fast-check';
import { speechFields, speechRequestSchema } from '../../../src/transports/wire/speech-request-schema.js';
import { junk } from './requests.js';

export interface MalformedEvent {
  readonly name: string;
  readonly payload: readonly unknown[];
}

const spoiltSpeak = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(speechFields), 'unknown_field'), junk), { minLength: 1, maxLength: 2 })
  .map((pairs) => ({ text: 'x', ...Object.fromEntries(pairs) }))
  .filter((body) => !speechRequestSchema.safeParse(body).success);

// No speech of these names is under way, whatever else is right about them.
const NAMED = ['text', 'flush', 'end', 'cancel', 'resume'];
// socket.io keeps these names for itself, on both sides.
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

/** socket.io events that must be answered with an error, the same ones for the same seed. */
export function malformedEvents(count: number, seed: number): MalformedEvent[] {
  const event = fc.oneof(
    spoiltSpeak.map((payload) => ({ name: 'speak', payload: [payload] })),
    fc.array(junk, { maxLength: 2 }).map((payload) => ({ name: 'speak', payload })),
    fc.tuple(fc.constantFrom(...NAMED), fc.array(junk, { maxLength: 2 })).map(([name, payload]) => ({ name, payload })),
    fc
      .tuple(fc.constantFrom(...NAMED), junk)
      .map(([name, id]) => ({ name, payload: [{ session_id: id, after_seq: -1, text: 'x' }] })),
    junk.map((seq) => ({ name: 'credit', payload: [{ session_id: seq, seq: -1 }] })),
    fc
      .tuple(fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString', 'audio')), junk)
      .filter(([name]) => !RESERVED.has(name))
      .map(([name, payload]) => ({ name: `x${name}`, payload: [payload] })),
  );
  return fc.sample<MalformedEvent>(event, { numRuns: count, seed });
}

/** Frames that are no engine.io or socket.io packets. */
export function malformedFrames(count: number, seed: number): (string | Uint8Array)[] {
  const frame = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 64 }),
    fc.constantFrom('4', '40/nowhere,', '40/tts,{', '42', '42/tts,', '42/tts,[', '42/tts,["speak"', '42/tts,{}'),
    fc.constantFrom('42/tts,[]', '42/tts,[null]', '451-/tts,["speak",{"_placeholder":true,"num":9}]', '499999-/tts,[]'),
    fc.string().map((text) => `42/tts,${text}`),
    fc.string().map((text) => `4${text}`),
  );
  return fc.sample(frame, { numRuns: count, seed });
}
