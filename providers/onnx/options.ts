import { availableParallelism } from 'node:os';
import { z } from 'zod';

const cores = availableParallelism();
const scale = z.number().min(0).max(4);

/** What an operator may set. */
export const options = z.strictObject({
  voices_dir: z.string().min(1).default('./voices').describe('Folder of voice files; looked through with its folders.'),
  watch: z.boolean().default(true).describe('Take up files that come, change or go while the gateway runs.'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(() => Math.min(4, cores))
    .describe('Inference processes. Each keeps its own copy of the models that it speaks with.'),
  threads: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Threads of one run. Default: the cores, shared among the workers.'),
  execution_providers: z
    .array(z.enum(['cpu', 'cuda', 'tensorrt', 'coreml', 'dml', 'webgpu']))
    .min(1)
    .default(['cpu'])
    .describe('Devices in the order in which they are tried; what is in use stands in /health.'),
  memory_bytes: z
    .int()
    .min(1_000_000)
    .default(2_000_000_000)
    .describe('Model files kept loaded, over all workers; the least recently used are let go.'),
  idle_unload_s: z
    .number()
    .min(1)
    .default(900)
    .describe('A worker that nobody asked for so long gives its memory back.'),
  speeches_per_worker: z.int().min(1).max(256).default(8).describe('Speeches that one worker interleaves.'),
  max_queued: z.int().min(0).default(200).describe('Speeches of one model that may wait for a worker.'),
  max_wait_ms: z.int().min(1).default(10_000).describe('A speech that has waited so long is refused, not spoken.'),
  preload: z.array(z.string().min(1)).default([]).describe('Voices that are loaded and warmed up at the start.'),
  noise: scale.optional().describe('Variation of the timbre. Default: what the voice says.'),
  noise_width: scale.optional().describe('Variation of the rhythm. Default: what the voice says.'),
  gain: z.number().min(0).max(16).default(1).describe('Factor of the samples; never changes while a voice speaks.'),
});

export type OnnxOptions = z.infer<typeof options>;

/** What a request may say in `provider_options.onnx`. */
export const speechOptions = z.strictObject({
  noise: scale.optional(),
  noise_width: scale.optional(),
  seed: z.int().min(0).max(0xffff_ffff).default(0),
  language_id: z.int().min(0).max(1000).default(0),
});

export type SpeechOptions = z.infer<typeof speechOptions>;

/** Threads of one run, such that all workers together do not have more than there are cores. */
export function threadsOf({ threads, workers }: OnnxOptions): number {
  return threads ?? Math.max(1, Math.floor(cores / workers));
}
