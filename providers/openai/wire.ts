import { z } from 'zod';
import type { AudioEncoding } from '../../src/core/audio-format.js';
import type { SpeechEvent } from '../_shared/receive-speech.js';
import type { ConfiguredVoice } from './options.js';

/** Our encoding under the name that `response_format` has for it; `mulaw` and `alaw` are known to Groq and its kin. */
export function responseFormat(encoding: AudioEncoding): string {
  return encoding === 'pcm16' ? 'pcm' : encoding;
}

/** Body of `POST /audio/speech`. The real schema forbids additional properties: nothing of ours may be in it. */
export interface SpeechBody {
  readonly model: string;
  readonly input: string;
  readonly voice: string | { readonly id: string };
  readonly response_format: string;
  readonly speed?: number;
  readonly instructions?: string;
  readonly stream_format?: 'audio' | 'sse';
}

/** `delta` instead of `audio`: servers that took the Realtime API's name. */
const speechEvent = z.object({
  type: z.string().default(''),
  audio: z.string().optional(),
  delta: z.string().optional(),
  error: z.unknown().optional(),
});

/** One event of an answer to `stream_format: "sse"`. Throws where the data is no JSON. */
export function readSpeechEvent(data: string, event: string): SpeechEvent {
  if (data.trim() === '[DONE]') return { kind: 'done' };
  const { success, data: parsed } = speechEvent.safeParse(JSON.parse(data));
  if (!success) return undefined;
  const { type, audio, delta, error } = parsed;
  if (event === 'error' || type.endsWith('error') || error) return { kind: 'error', said: data };
  if (type.endsWith('.done')) return { kind: 'done' };
  const base64 = audio ?? delta;
  return base64 === undefined ? undefined : { kind: 'audio', data: Buffer.from(base64, 'base64') };
}

const said = z.string().min(1).optional().catch(undefined);
const gender = z.enum(['female', 'male']).optional().catch(undefined);
const card = z
  .object({ id: said, voice_id: said, name: said, language: said, gender })
  .transform(({ id, voice_id, name, language, ...more }) => {
    return { ...more, id: id ?? voice_id ?? name ?? '', name, languages: language ? [language] : undefined };
  });
const cards = z.array(z.union([z.string().transform((id): VoiceCard => ({ id })), card]));

/** A voice as a server lists it. */
export type VoiceCard = Omit<ConfiguredVoice, 'custom'>;

/** `{"voices":[…]}` of cards or names, the bare array, `{"data":[{"model","voices":[…]}]}`; undefined for no list. */
export function readVoiceCards(body: unknown): VoiceCard[] | undefined {
  const { voices, data } = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
  const list = voices ?? data ?? body;
  const byModel = z.array(z.object({ voices: cards })).safeParse(list).data;
  const found = byModel?.flatMap((model) => model.voices) ?? cards.safeParse(list).data;
  return found?.filter(({ id }) => id !== '');
}
