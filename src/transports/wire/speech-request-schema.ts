import { z } from 'zod';
import { AUDIO_ENCODINGS, SAMPLE_RATES_HZ, type AudioEncoding } from '../../core/audio-format.js';
import type { SpeechRequest } from '../../core/speech-request.js';

const percent = z.number().min(-50).max(50);
const description = z.string().max(4096);
// https://www.rfc-editor.org/rfc/rfc5646: subtags of letters and digits, joined by "-".
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** The one request, as every door takes it. Longer texts than the limit are refused later, where the limit is known. */
export const speechFields = {
  text: z.string().min(1).optional().describe('What to say. Exactly one of text and ssml.'),
  ssml: z.string().min(1).optional().describe('An SSML document, for voices that read it.'),
  voice: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Voice id (provider/voice) or route; default: the default route.'),
  provider: z.string().min(1).max(128).optional().describe("With a bare provider voice name in 'voice'."),
  language: z.string().regex(LANGUAGE_TAG, 'expected a BCP-47 tag such as en-GB').optional(),
  target_format: z.enum(AUDIO_ENCODINGS).optional().describe('opus is Ogg Opus, aac is ADTS.'),
  sample_rate_hz: z.union(SAMPLE_RATES_HZ.map((rate) => z.literal(rate))).optional(),
  speed: z.number().min(0.25).max(4).default(1),
  pitch: percent.default(0).describe('Percent, −50 to 50.'),
  volume: percent.default(0).describe('Percent, −50 to 50.'),
  voice_description: description.optional(),
  instructions: description.optional(),
  timings: z.enum(['none', 'word', 'phoneme']).default('none'),
  substitute: z.enum(['mapped', 'never', 'any']).default('mapped'),
  cache: z.enum(['default', 'bypass', 'refresh']).default('default'),
  priority: z.enum(['realtime', 'batch']).default('realtime'),
  deadline_ms: z.int().min(1).max(600_000).optional().describe('For the first audio, in ms.'),
  provider_options: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  metadata: z
    .record(z.string().max(256), z.string().max(1024))
    .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs')
    .default({}),
} as const;

export const speechRequestSchema = z.strictObject(speechFields).superRefine((request, context) => {
  if ((request.text === undefined) === (request.ssml === undefined)) {
    context.addIssue({ code: 'custom', path: ['text'], message: 'send exactly one of "text" and "ssml"' });
  }
});

export type WireSpeechRequest = z.infer<typeof speechRequestSchema>;

/** Into the core's request, once. `defaultFormat` is the door's own. */
export function toSpeechRequest(wire: WireSpeechRequest, defaultFormat: AudioEncoding): SpeechRequest {
  const targetFormat = wire.target_format ?? defaultFormat;
  const telephone = targetFormat === 'mulaw' || targetFormat === 'alaw';
  return compact({
    text: wire.text ?? wire.ssml ?? '',
    markup: wire.ssml === undefined ? ('plain' as const) : ('ssml' as const),
    voice: wire.voice,
    provider: wire.provider,
    language: wire.language,
    targetFormat,
    sampleRateHz: wire.sample_rate_hz ?? (telephone ? 8000 : undefined),
    speed: wire.speed,
    pitch: wire.pitch,
    volume: wire.volume,
    voiceDescription: wire.voice_description,
    instructions: wire.instructions,
    timings: wire.timings,
    substitute: wire.substitute,
    cache: wire.cache,
    priority: wire.priority,
    deadlineMs: wire.deadline_ms,
    providerOptions: wire.provider_options,
    metadata: wire.metadata,
  });
}

/** The request as the client would send it again: for the session's own page. */
export function fromSpeechRequest(request: SpeechRequest): Record<string, unknown> {
  return compact({
    [request.markup === 'ssml' ? 'ssml' : 'text']: request.text,
    voice: request.voice,
    provider: request.provider,
    language: request.language,
    target_format: request.targetFormat,
    sample_rate_hz: request.sampleRateHz,
    speed: request.speed,
    pitch: request.pitch,
    volume: request.volume,
    voice_description: request.voiceDescription,
    instructions: request.instructions,
    timings: request.timings,
    substitute: request.substitute,
    cache: request.cache,
    priority: request.priority,
    deadline_ms: request.deadlineMs,
    provider_options: request.providerOptions,
    metadata: request.metadata,
  });
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys whose value is undefined. */
function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Compact<T>;
}
