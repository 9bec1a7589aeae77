import type { SpeechError } from '../../core/speech-error.js';
import type { Attempt, SpeechPart } from '../../core/speech-part.js';
import { errorBody } from './error-body.js';

type Json = Record<string, unknown>;
type PartOf<Type extends SpeechPart['type']> = Extract<SpeechPart, { type: Type }>;

const FIELDS: { readonly [Type in SpeechPart['type']]: (part: PartOf<Type>) => Json } = {
  start: (part) => ({
    session_id: part.sessionId,
    provider: part.provider,
    voice: part.voice,
    format: part.format,
    sample_rate_hz: part.sampleRateHz,
    channels: part.channels,
    warnings: part.warnings,
  }),
  audio: (part) => ({ seq: part.seq, segment: part.segment }),
  timing: (part) => ({
    kind: part.kind,
    value: part.value,
    start_ms: part.startMs,
    end_ms: part.endMs,
    text_start: part.textStart,
    text_end: part.textEnd,
    source: part.source,
  }),
  segment: (part) => ({
    index: part.index,
    text_start: part.textStart,
    text_end: part.textEnd,
    audio_start_ms: part.audioStartMs,
  }),
  seam: (part) => ({
    from: part.from,
    to: part.to,
    reason: part.reason,
    text_offset: part.textOffset,
    audio_ms: part.audioMs,
  }),
  warning: (part) => ({ message: part.message }),
  complete: (part) => ({
    complete: true,
    verdict: part.verdict,
    provider: part.provider,
    voice: part.voice,
    characters: part.characters,
    audio_ms: part.audioMs,
    bytes: part.bytes,
    last_seq: part.lastSeq,
    seams: part.seams,
    cached: part.cached,
    attempts: part.attempts.map(wireAttempt),
    timings_ms: { queue: part.timingsMs.queue, first_audio: part.timingsMs.firstAudio, total: part.timingsMs.total },
  }),
};

/** A part as JSON for the wire, in snake_case and without its type; audio without its bytes. */
export function wirePart<Type extends SpeechPart['type']>(part: PartOf<Type>): Json {
  const fields: (part: PartOf<Type>) => Json = FIELDS[part.type];
  return fields(part);
}

function wireAttempt(attempt: Attempt): Record<string, unknown> {
  const { provider, voice, outcome, firstAudioMs, totalMs } = attempt;
  return { provider, voice, outcome, first_audio_ms: firstAudioMs ?? null, total_ms: totalMs };
}

/** The terminal part of a speech that failed. */
export function wireErrorPart(error: SpeechError, requestId: string): Record<string, unknown> {
  const { lastSeq = -1, audioMs = 0, spokenTo = 0, spokenToSource = 'segments' } = error.progress ?? {};
  return {
    ...errorBody(error, requestId),
    last_seq: lastSeq,
    audio_ms: audioMs,
    spoken_to: spokenTo,
    spoken_to_source: spokenToSource,
  };
}
