import { z } from 'zod';
import { AUDIO_ENCODINGS, type AudioEncoding } from '../../src/core/audio-format.js';
import type { Refusal } from './behaviour.js';
import type { UpstreamOptions } from './upstream-options.js';

const RESPONSE_FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const;
const GROQ_FORMATS = ['flac', 'mp3', 'mulaw', 'wav'] as const;
/** Fields that a server with more than OpenAI's knows. */
const MORE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  groq: ['sample_rate'],
  kokoro: [
    'stream',
    'download_format',
    'return_download_link',
    'lang_code',
    'volume_multiplier',
    'normalization_options',
  ],
  speaches: ['sample_rate'],
  localai: ['backend', 'language'],
};

const body = z.looseObject({
  model: z.string(),
  input: z.string().min(1),
  voice: z.union([z.string(), z.strictObject({ id: z.string() })]),
  instructions: z.string().max(4096).optional(),
  response_format: z.string().default('mp3'),
  speed: z.number().min(0.25).max(4).default(1),
  stream_format: z.enum(['audio', 'sse']).default('audio'),
});

const KNOWN = new Set(Object.keys(body.shape));

export interface SpeechOrder {
  readonly model: string;
  readonly input: string;
  readonly encoding: AudioEncoding;
  readonly speed: number;
  readonly sse: boolean;
}

export type ReadSpeech = { readonly order: SpeechOrder } | { readonly refusal: Refusal };

/** The body of `POST /audio/speech`, held to the vendor's schema: additional properties are forbidden. */
export function readSpeech(json: unknown, options: UpstreamOptions): ReadSpeech {
  const { success, data, error } = body.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    const param = String(issue?.path[0] ?? '');
    return refuse(options.dialect === 'kokoro' ? 422 : 400, {
      param,
      message: `Invalid '${param}': ${issue?.message}`,
    });
  }
  const { dialect = 'openai', strict = true, models, voices, maxCharacters = 4096 } = options;
  const foreign = Object.keys(data).find((key) => !KNOWN.has(key) && !MORE_FIELDS[dialect]?.includes(key));
  if (strict && foreign !== undefined) {
    const message = `Unknown parameter: '${foreign}'.`;
    return refuse(400, { param: foreign, code: 'unknown_parameter', message });
  }
  const { model, input, response_format, speed, stream_format } = data;
  if (input.length > maxCharacters) {
    const message = `Invalid 'input': string too long. Expected a string with maximum length ${maxCharacters}.`;
    return refuse(400, { param: 'input', code: 'string_above_max_length', message });
  }
  const voice = typeof data.voice === 'string' ? data.voice : data.voice.id;
  if (voices && !voices.includes(voice))
    return refuse(400, { param: 'voice', message: `Input should be one of ${voices.join()}` });
  if (models && !model.startsWith('fake') && !models.includes(model)) {
    return refuse(404, { code: 'model_not_found', message: `The model '${model}' does not exist.` });
  }
  const formats: readonly string[] = dialect === 'groq' ? GROQ_FORMATS : RESPONSE_FORMATS;
  if (!formats.includes(response_format)) return refuse(400, { param: 'response_format', message: `Unknown format.` });
  const sse = stream_format === 'sse';
  if (sse && model.startsWith('tts-1'))
    return refuse(400, { param: 'stream_format', message: `Not supported by '${model}'.` });
  return { order: { model, input, encoding: encodingOf(response_format), speed, sse } };
}

function encodingOf(format: string): AudioEncoding {
  return AUDIO_ENCODINGS.find((encoding) => encoding === format) ?? 'pcm16';
}

function refuse(status: number, more: Omit<Refusal, 'status'>): ReadSpeech {
  return { refusal: { status, type: 'invalid_request_error', ...more } };
}
