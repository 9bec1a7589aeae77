import { z } from 'zod';

import { DEFAULT_OPENAI_MODELS, DEFAULT_PROVIDERS, DEFAULT_ROUTES } from './default-config.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const VOICE_ID = /^[^/\s]+\/\S.*$/;
const MODEL_NAME = /^[^*\s]+\*?$|^\*$/;

const positive = () => z.int().positive();
const milliseconds = () => z.int().positive().max(86_400_000);
const name = (what: string) =>
  z.string().regex(NAME, `${what} is made of letters, digits, "_", "." and "-", without "/"`);
const origin = z
  .string()
  .regex(
    /^\*$|^https?:\/\/[^/\s]+$/,
    'an origin is "*" or scheme and host without a path, such as https://app.example',
  );

const retry = z.strictObject({
  attempts: z.int().min(1).max(10).default(2).describe('Calls in all, the first included; 1: no retry.'),
  base_ms: milliseconds().default(100).describe('The wait before retry n is drawn from 0 to base_ms × 2ⁿ.'),
  max_ms: milliseconds().default(2_000).describe('Longest wait; an upstream that asks for more is not retried.'),
  budget: z.number().min(0).max(1).default(0.2).describe('Retries may be this share of all calls, and ten more.'),
});

const breaker = z.strictObject({
  error_percent: z.number().min(1).max(100).default(50).describe('Opens when more of the calls in the window failed.'),
  window_ms: milliseconds().default(10_000).describe('The window, in ms.'),
  reset_ms: milliseconds().default(5_000).describe('From open to the next call that may try, in ms.'),
  volume: positive().default(5).describe('Calls in the window below which it never opens.'),
});

const slots = z.strictObject({
  per_provider: positive().default(100).describe('Calls at the same time; more wait.'),
  queue: z.int().min(0).default(500).describe('Calls that may wait; one more is refused.'),
});

const policies = z.strictObject({
  deadline_ms: milliseconds().default(10_000).describe('Longest wait for the first audio of a speech, in ms.'),
  first_audio_ms: milliseconds().default(3_000).describe('Longest wait for the first audio of one provider, in ms.'),
  inter_chunk_ms: milliseconds().default(2_000).describe('Longest silence of a provider between two chunks, in ms.'),
  retry: retry.prefault({}).describe('Calls of the same provider again, before its first audio.'),
  breaker: breaker.prefault({}).describe('When a provider that fails is left alone.'),
  slots: slots.prefault({}).describe('Calls of one provider at the same time.'),
});

/** Keys of every provider; its own options stand beside them. */
export const PROVIDER_KEYS = {
  type: z.string().describe('The adapter: a folder of providers/.'),
  enabled: z
    .union([z.boolean(), z.literal('auto')], { error: 'expected true, false or "auto"' })
    .default(true)
    .describe('true: on, with a warning where it cannot run; false: off; auto: on where it can run.'),
  policies: z
    .strictObject({
      first_audio_ms: policies.shape.first_audio_ms.unwrap().optional(),
      inter_chunk_ms: policies.shape.inter_chunk_ms.unwrap().optional(),
      deadline_ms: policies.shape.deadline_ms.unwrap().optional(),
      retry: retry.optional(),
      breaker: breaker.optional(),
      slots: slots.optional(),
    })
    .optional()
    .describe('Overrides of the section `policies` for this provider.'),
};

const target = z.strictObject({
  voice: z
    .string()
    .regex(VOICE_ID, 'a target names a voice as provider/voice, such as espeak/en-us')
    .describe('provider/voice.'),
  model: z.string().min(1).optional().describe('Upstream model, where the provider has several.'),
  speed: z.number().min(0.25).max(4).optional().describe('Spoken at this speed; 1 is the pace of the voice itself.'),
  pitch: z.number().min(-50).max(50).optional().describe('Percent above or below the voice itself.'),
  volume: z.number().min(-50).max(50).optional().describe('Percent above or below the voice itself.'),
  options: z.record(z.string(), z.unknown()).optional().describe('Options of the provider, over those of the request.'),
  weight: z.number().min(0).max(1_000_000).optional().describe('For `weighted`; default 1.'),
  price: z.number().min(0).optional().describe('For `cheapest`: per million characters.'),
});

const route = z.strictObject({
  targets: z.array(target).min(1),
  strategy: z
    .enum(['priority', 'weighted', 'fastest', 'cheapest'])
    .default('priority')
    .describe('Who is asked first: in order, by weight, by recent time to first audio, by price.'),
  continuation: z
    .enum(['word', 'segment', 'off'])
    .default('word')
    .describe('Where the next target goes on when one breaks off: at the word, at the segment, or not at all.'),
  hedge_after_ms: milliseconds().optional().describe('No audio by then: the next target starts too. Default: never.'),
});

const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on. The environment variable HOST wins.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port of every door; 0 takes a free one. The environment variable PORT wins.'),
  cors: z.array(origin).default([]).describe('Origins of browser pages that may call; "*" allows any.'),
});

const auth = z.strictObject({
  mode: z
    .enum(['loopback', 'open'])
    .default('loopback')
    .describe('loopback: no token, and only this machine is served; open: no token, and anyone who reaches it is.'),
});

const openai = z.strictObject({
  models: z
    .record(z.string().regex(MODEL_NAME, 'a model is a name, or a prefix ending in "*"'), z.string().min(1))
    .default(DEFAULT_OPENAI_MODELS)
    .describe('Model names, or prefixes as `fake-*`, that an OpenAI client may send: route, provider or voice id.'),
  voices: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe('Voice names that an OpenAI client may send: route or voice id.'),
});

const limits = z.strictObject({
  max_characters: positive().default(5_000).describe('Longest text of one speech, in UTF-16 units.'),
  max_body_bytes: positive().default(1_048_576).describe('Largest body of an HTTP request or socket message.'),
  client_stall_ms: milliseconds().default(30_000).describe('A client that takes nothing for so long is ended.'),
  text_idle_ms: milliseconds().default(1_500).describe('Text that waits so long for more is spoken as it is.'),
  text_abandoned_ms: milliseconds().default(300_000).describe('A speech that gets no text for so long is ended.'),
  bytes_per_speech: z.int().min(16_384).default(262_144).describe('Audio held in memory for one slow reader.'),
  speeches: positive().default(2_000).describe('Speeches at the same time; one more is refused.'),
});

const sessions = z.strictObject({
  ttl_s: positive().default(3_600).describe('How long a session is kept after its end, in seconds.'),
  resume_window_s: positive().default(60).describe('How long a speech without a reader goes on, in seconds.'),
  spool_dir: z.string().default('').describe('Folder for finished audio; empty: one under the system temp folder.'),
  spool_bytes: positive().default(1_073_741_824).describe('Most bytes the spool may take on disk.'),
});

/** The config file, without the options that belong to each type of provider. Defaults: contract, section 10. */
export const gatewaySchema = z.strictObject({
  server: server.prefault({}),
  auth: auth.prefault({}),
  providers: z
    .record(name('the name of a provider'), z.looseObject(PROVIDER_KEYS))
    .default(() => structuredClone(DEFAULT_PROVIDERS))
    .describe('Sources of speech by the name their voices carry before the slash.'),
  routes: z
    .record(name('the name of a route'), route)
    .prefault(() => structuredClone(DEFAULT_ROUTES))
    .describe('Names that clients may use as a voice. `default` speaks when the client names none.'),
  openai: openai.prefault({}),
  policies: policies.prefault({}),
  limits: limits.prefault({}),
  sessions: sessions.prefault({}),
  cache: z
    .strictObject({
      memory_bytes: z.int().min(0).default(67_108_864).describe('Finished clips kept in memory; 0: no cache.'),
      disk_dir: z.string().default('').describe('Folder for more of them, one gateway each; empty: memory only.'),
      disk_bytes: positive().default(1_073_741_824).describe('Most bytes the folder may take.'),
      ttl_s: positive().default(86_400).describe('How long a clip is kept, in seconds.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged. LOG_LEVEL wins.'),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      drain_ms: z.int().min(0).max(3_600_000).default(30_000).describe('Time running speeches get on SIGTERM, in ms.'),
    })
    .prefault({}),
});
