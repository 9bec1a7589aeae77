import { z } from 'zod';
import { SpeechError } from '../../src/core/speech-error.js';
import { manifest } from './manifest.js';

/** What an operator sets, beside `type` and `enabled`. Every key has a description: the reference is made of them. */
export const options = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).describe('Address of the server, without a slash at its end.'),
  api_key: z.string().default('').describe('Sent as a bearer token; empty: none is sent.'),
  connections: z.int().min(1).default(64).describe('Most sockets at a time.'),
});

export type TemplateOptions = z.infer<typeof options>;

/** `provider_options.template` of a request. */
const requestOptions = z.strictObject({ style: z.string().min(1).max(64).optional() });

export type TemplateRequestOptions = z.infer<typeof requestOptions>;

/** Throws `invalid_request` that names what is wrong. */
export function requestOptionsOf(given: unknown): TemplateRequestOptions {
  const parsed = requestOptions.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : (issue?.path ?? []);
  const param = ['provider_options', manifest.type, ...keys].join('.');
  throw new SpeechError('invalid_request', `${param} is not accepted: ${issue?.message}.`, { param });
}
