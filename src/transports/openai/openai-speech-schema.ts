import { z } from 'zod';
import type { AudioEncoding } from '../../core/audio-format.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import { speechFields, toSpeechRequest } from '../wire/speech-request-schema.js';

const { text: _text, ssml: _ssml, voice: _voice, speed, instructions, target_format, ...ownFields } = speechFields;

/**
 * `POST /v1/audio/speech` as OpenAI's clients send it, with our own fields beside theirs. Unknown fields are let
 * through here and named in `x-tts-warnings`: real clients send extras.
 * https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export const openaiSpeechSchema = z.object({
  model: z.string().min(1).max(256).optional(),
  input: z.string().min(1),
  voice: z
    .union([z.string().min(1).max(256), z.object({ id: z.string().min(1).max(256) })], {
      error: 'expected a voice name, or an object with its "id"',
    })
    .optional(),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm', 'pcm16', 'mulaw', 'alaw']).optional(),
  stream_format: z.enum(['audio', 'sse']).default('audio'),
  speed,
  instructions,
  target_format,
  ...ownFields,
});

export type OpenaiSpeech = z.infer<typeof openaiSpeechSchema>;

/** OpenAI's `pcm` is headerless 24 kHz mono; its clients never read the rate from the answer. */
const OPENAI_PCM_HZ = 24_000;

export function toOpenaiRequest(wire: OpenaiSpeech): SpeechRequest {
  const { model, input, voice, response_format, stream_format: _stream, target_format: own, ...rest } = wire;
  const asked = response_format === 'pcm' ? 'pcm16' : response_format;
  const encoding: AudioEncoding = own ?? asked ?? 'mp3';
  const request = toSpeechRequest(
    {
      ...rest,
      text: input,
      ssml: undefined,
      voice: typeof voice === 'object' ? voice.id : voice,
      target_format: encoding,
      sample_rate_hz: rest.sample_rate_hz ?? (encoding === 'pcm16' ? OPENAI_PCM_HZ : undefined),
    },
    'mp3',
  );
  return model === undefined ? request : { ...request, model };
}

const KNOWN = new Set(Object.keys(openaiSpeechSchema.shape));

/** The fields that were sent and mean nothing here, as warnings. */
export function ignoredFields(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.keys(body).flatMap((key) => (KNOWN.has(key) ? [] : [`${key} is not known here and was ignored`]));
}
