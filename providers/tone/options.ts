import { z } from 'zod';
import { ERROR_CODES, SpeechError } from '../../src/core/speech-error.js';
import { manifest } from './manifest.js';

const milliseconds = () => z.number().min(0).max(3_600_000);

/** The same keys in the config, for every speech, and in `provider_options.tone`, for one. */
const shape = {
  pace: z.enum(['flat', 'realtime']).describe('flat: as fast as it is read; realtime: no faster than it is heard.'),
  character_ms: z.number().min(20).max(500).describe('Length of one character at speed 1.'),
  chunk_ms: z.number().min(5).max(1000).describe('Audio in one part.'),
  first_audio_ms: milliseconds().describe('Wait before the first audio.'),
  fail_before: z.boolean().describe('Fail before anything was sent.'),
  fail_after_ms: milliseconds().describe('Fail after so much audio.'),
  stall_after_ms: milliseconds().describe('After so much audio send nothing more, and do not end.'),
  truncate: z.boolean().describe('End after a tenth of the audio as if it were all.'),
  silence: z.boolean().describe('Send silence instead of the tones.'),
  flood: z.boolean().describe('Send the audio a hundred times over.'),
  faults_in: z
    .string()
    .min(1)
    .describe('The faults above only in a text that holds this, so that one sentence has them.'),
  error_code: z.enum(ERROR_CODES).describe('Code of the failures that fail_before and fail_after_ms make.'),
};

export const options = z.strictObject({
  ...shape,
  text_streaming: z.boolean().default(false).describe('Take text as it is written, word by word.'),
  pace: shape.pace.default('flat'),
  character_ms: shape.character_ms.default(60),
  chunk_ms: shape.chunk_ms.default(40),
  first_audio_ms: shape.first_audio_ms.default(0),
  fail_before: shape.fail_before.default(false),
  fail_after_ms: shape.fail_after_ms.optional(),
  stall_after_ms: shape.stall_after_ms.optional(),
  truncate: shape.truncate.default(false),
  silence: shape.silence.default(false),
  flood: shape.flood.default(false),
  faults_in: shape.faults_in.optional(),
  error_code: shape.error_code.default('upstream_failed'),
});

export type ToneOptions = z.infer<typeof options>;

const requestOptions = z.strictObject(shape).partial();

/** What holds for one speech: the config, overridden by the request. Throws `invalid_request` naming what is wrong. */
export function optionsFor(configured: ToneOptions, given: unknown): ToneOptions {
  if (given === undefined) return configured;
  const parsed = requestOptions.safeParse(given);
  if (parsed.success) return { ...configured, ...withoutUndefined(parsed.data) };
  const [issue] = parsed.error.issues;
  const path = `provider_options.${manifest.type}`;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(shape).join(', ');
    const param = `${path}.${issue.keys[0]}`;
    throw new SpeechError('invalid_request', `${param} is not known; tone takes ${known}.`, { param });
  }
  const param = [path, ...(issue?.path ?? [])].join('.');
  throw new SpeechError('invalid_request', `${param}: ${issue?.message ?? 'not valid'}.`, { param });
}

/** The same for a text that is spared. */
export function withoutFaults(told: ToneOptions): ToneOptions {
  const { fail_after_ms: _fails, stall_after_ms: _stalls, ...rest } = told;
  return { ...rest, fail_before: false, truncate: false, silence: false, flood: false };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Given<T>;
}
