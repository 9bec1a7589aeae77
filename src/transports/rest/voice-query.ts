import { z } from 'zod';
import { SpeechError } from '../../core/speech-error.js';
import type { CataloguedVoice } from '../../registry/voice-catalogue.js';

const MAX_PAGE = 1000;

export const voiceQuerySchema = z.strictObject({
  provider: z.string().max(128).optional(),
  language: z.string().max(64).optional().describe('Prefix match: en finds en-GB.'),
  gender: z.enum(['female', 'male', 'neutral']).optional(),
  q: z.string().max(256).optional().describe('Found in id, name or description.'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  cursor: z.string().max(512).optional().describe('next_cursor of the page before.'),
});

export interface VoicePage {
  readonly voices: readonly CataloguedVoice[];
  readonly nextCursor: string | null;
}

/** The page after `cursor`, which names the last voice of the page before. Throws `invalid_request`. */
export function pageOf(voices: readonly CataloguedVoice[], limit: number, cursor: string | undefined): VoicePage {
  const from = cursor === undefined ? 0 : positionAfter(voices, cursor);
  const page = voices.slice(from, from + limit);
  const last = page.at(-1);
  return { voices: page, nextCursor: last && from + limit < voices.length ? encodeCursor(last.fullId) : null };
}

function encodeCursor(fullId: string): string {
  return Buffer.from(fullId).toString('base64url');
}

function positionAfter(voices: readonly CataloguedVoice[], cursor: string): number {
  const fullId = Buffer.from(cursor, 'base64url').toString();
  const index = voices.findIndex((voice) => voice.fullId === fullId);
  if (index >= 0) return index + 1;
  throw new SpeechError('invalid_request', 'cursor names no voice of this list; begin again without it.', {
    param: 'cursor',
  });
}

/** A voice as the wire tells it. */
export function wireVoice(voice: CataloguedVoice): Record<string, unknown> {
  return {
    id: voice.fullId,
    provider: voice.provider,
    name: voice.name,
    languages: voice.languages,
    gender: voice.gender ?? null,
    description: voice.description ?? null,
    styles: voice.styles ?? [],
    native_format: voice.nativeFormat,
    sample_rate_hz: voice.sampleRateHz,
    streaming: voice.streaming,
    text_streaming: voice.textStreaming,
    timings: voice.timings,
    ssml: voice.ssml,
    available: voice.available,
    reason: voice.reason ?? null,
  };
}
