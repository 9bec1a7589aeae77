import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** What an operator may set. */
export const options = z.strictObject({
  hosts: z
    .int()
    .min(1)
    .max(64)
    .default(() => Math.min(2, availableParallelism()))
    .describe('Engine processes. One speaks at several hundred times real time.'),
  max_queued: z
    .int()
    .min(0)
    .default(500)
    .describe('Utterances that may wait for a process before new ones are refused.'),
  variants: z
    .array(z.string().min(1))
    .default(['f3', 'm3'])
    .describe('Variants that the voice list shows for every language; a request may name any of the engine.'),
});

export type EspeakOptions = z.infer<typeof options>;
