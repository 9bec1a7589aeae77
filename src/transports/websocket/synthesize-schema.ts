import { z } from 'zod';
import { speechFields } from '../wire/speech-request-schema.js';

const { text: _text, ssml: _ssml, ...configFields } = speechFields;

/** The first frame: a request without its text. Here `sample_rate` is taken for `sample_rate_hz`. */
export const synthesizeConfigSchema = z.strictObject({
  ...configFields,
  sample_rate: speechFields.sample_rate_hz,
});

export const synthesizeFrameSchema = z.union(
  [
    z.strictObject({ text: z.string() }),
    z.strictObject({ type: z.enum(['flush', 'cancel', 'end_of_stream', 'keepalive']) }),
  ],
  { error: 'expected {"text": …} or {"type": "flush" | "cancel" | "end_of_stream"}' },
);

export type SynthesizeConfig = z.infer<typeof synthesizeConfigSchema>;
export type SynthesizeFrame = z.infer<typeof synthesizeFrameSchema>;
