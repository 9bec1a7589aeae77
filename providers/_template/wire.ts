import { z } from 'zod';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import type { TemplateRequestOptions } from './options.js';

/** `POST /speak`; the answer is headerless PCM16, mono, its rate in `x-sample-rate`, sent in chunks as it is made. */
export interface SpeakBody {
  readonly text: string;
  readonly voice: string;
  readonly speed: number;
  readonly style?: string;
}

/** Only the server's own fields: whatever else the gateway knows stays here. */
export function speakBody(request: SpeechRequest, voice: string, { style }: TemplateRequestOptions): SpeakBody {
  return { text: request.text, voice, speed: request.speed, ...(style !== undefined && { style }) };
}

/** Answer to `GET /voices`. Unknown fields are dropped, for servers grow; known ones must be right. */
export const voicesAnswer = z.object({
  voices: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string().optional(),
      language: z.string().min(2),
      gender: z.enum(['female', 'male', 'neutral']).optional().catch(undefined),
      sample_rate: z.int().min(8000).max(48_000),
    }),
  ),
});

export type WireVoice = z.infer<typeof voicesAnswer>['voices'][number];

/** Body of a refusal, as far as it is one: `{"error": "…"}`. */
export const errorAnswer = z.object({ error: z.string() }).catch({ error: '' });
