import type { z } from 'zod';
import { SpeechError } from '../../core/speech-error.js';

/** Parses one wire message. Throws `invalid_request` that names the field and what is wrong with it. */
export function parseWire<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.');
    throw new SpeechError('invalid_request', `Unknown field "${field}"; remove it or correct its name.`, {
      param: field,
    });
  }
  const field = issue.path.join('.');
  const where = field === '' ? 'The message' : `"${field}"`;
  throw new SpeechError('invalid_request', `${where}: ${issue.message}.`, field === '' ? {} : { param: field });
}
