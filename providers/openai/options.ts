import { z } from 'zod';
import { AUDIO_ENCODINGS } from '../../src/core/audio-format.js';
import { headerValue, httpOptions } from '../_shared/http-options.js';

const configuredVoice = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).optional(),
  languages: z.array(z.string().min(2)).min(1).optional(),
  gender: z.enum(['female', 'male', 'neutral']).optional(),
  custom: z.boolean().optional().describe('Sent as {"id": …}: a voice of your own at OpenAI.'),
});

/** What an operator may set for one OpenAI-compatible server. */
export const options = z.strictObject({
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.openai.com/v1')
    .describe('Up to and with /v1; for Azure the endpoint of the resource.'),
  flavour: z.enum(['openai', 'azure']).default('openai'),
  organization: headerValue.optional(),
  project: headerValue.optional(),
  api_version: z.string().default('2025-03-01-preview').describe('Azure.'),
  deployments: z.record(z.string(), z.string()).default({}).describe('Azure: model to deployment, if named otherwise.'),
  extra_body: z.record(z.string(), z.json()).default({}).describe('Fields of this server alone, e.g. lang_code.'),
  models: z
    .array(z.string().min(1))
    .default(['gpt-4o-mini-tts', 'tts-1', 'tts-1-hd'])
    .describe('Names or patterns (fake-*) that a request may name, the default first; empty: any.'),
  model: z.string().min(1).optional().describe('Where a request names none; default: the first of models.'),
  voices: z
    .array(z.union([z.string().min(1), configuredVoice]))
    .optional()
    .describe('Default: OpenAI\'s own there and at Azure, else what the server lists. "*": any name is passed on.'),
  voices_path: z.string().startsWith('/').optional().describe('Default: /audio/voices, else /voices.'),
  languages: z.array(z.string().min(2)).min(1).optional().describe('Of voices that do not say.'),
  formats: z
    .array(z.enum(AUDIO_ENCODINGS))
    .min(1)
    .default(['pcm16', 'mp3', 'opus', 'flac', 'aac'])
    .describe('What the server makes, the preferred one first.'),
  pcm_sample_rate_hz: z.int().min(8000).max(48_000).default(24_000),
  stream_format: z.enum(['auto', 'audio', 'sse']).default('auto').describe('auto: not sent; either is understood.'),
  max_characters: z.int().min(1).default(4096),
  trust_close: z.boolean().default(false).describe('Take a closed connection for the end where none is marked.'),
  ...httpOptions,
});

export type OpenAiOptions = z.infer<typeof options>;
export type ConfiguredVoice = z.infer<typeof configuredVoice>;

/** `provider_options.openai` of a request. */
export const requestOptions = z.strictObject({
  model: z.string().min(1).optional(),
  stream_format: z.enum(['audio', 'sse']).optional(),
});
