import type { SpeechError } from '../../core/speech-error.js';
import type { Attempt, SpeechPart } from '../../core/speech-part.js';
import { errorBody } from './error-body.js';

/** A part as JSON for the wire, in snake_case and without its type; audio without its bytes. */
export function wirePart(part: SpeechPart): Record<string, unknown> {
  switch (part.type) {
    case 'start':
      return {
        session_id: part.sessionId,
        provider: part.provider,
        voice: part.voice,
        format: part.format,
        sample_rate_hz: part.sampleRateHz,
        channels: part.channels,
        warnings: part.warnings,
      };
    case 'audio':
      return { seq: part.seq, segment: part.segment };
    case 'timing':
      return {
        kind: part.kind,
        value: part.value,
        start_ms: part.startMs,
        end_ms: part.endMs,
        text_start: part.textStart,
        text_end: part.textEnd,
        source: part.source,
      };
    case 'segment':
      return {
        index: part.index,
        text_start: part.textStart,
        text_end: part.textEnd,
        audio_start_ms: part.audioStartMs,
      };
    case 'seam':
      return {
        from: part.from,
        to: part.to,
        reason: part.reason,
        text_offset: part.textOffset,
        audio_ms: part.audioMs,
      };
    case 'warning':
      return { message: part.message };
    case 'complete':
      return {
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
        timings_ms: {
          queue: part.timingsMs.queue,
          first_audio: part.timingsMs.firstAudio,
          total: part.timingsMs.total,
        },
      };
  }
}

function wireAttempt(attempt: Attempt): Record<string, unknown> {
  const { provider, voice, outcome, firstAudioMs, totalMs } = attempt;
  return { provider, voice, outcome, first_audio_ms: firstAudioMs ?? null, total_ms: totalMs };
}

/** The terminal part of a speech that failed. */
export function wireErrorPart(error: SpeechError, requestId: string): Record<string, unknown> {
  const { lastSeq = -1, audioMs = 0, spokenTo = 0 } = error.progress ?? {};
  return { ...errorBody(error, requestId), last_seq: lastSeq, audio_ms: audioMs, spoken_to: spokenTo };
}
