import type { z } from 'zod';
import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';

/** `provider_options.<type>` of a request. Throws `invalid_request` that names the first field that is wrong. */
export function ownOptions<T>(schema: z.ZodType<T>, { providerOptions }: SpeechRequest, type: string): Partial<T> {
  const given = providerOptions[type];
  if (given === undefined) return {};
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : (issue?.path ?? []);
  const param = ['provider_options', type, ...keys].join('.');
  throw new SpeechError('invalid_request', `${param}: ${issue?.message ?? 'is not valid'}.`, { param });
}
