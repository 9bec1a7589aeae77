import type { SessionRecord } from '../../sessions/session-record.js';
import { errorBody } from '../wire/error-body.js';
import { fromSpeechRequest } from '../wire/speech-request-schema.js';
import { wirePart } from '../wire/wire-part.js';

/** A session as the wire tells it. */
export function sessionView(record: SessionRecord, requestId: string): Record<string, unknown> {
  const { id, state, start, complete, error, progress } = record;
  return {
    session_id: id,
    status: state,
    stream_url: `/v1/tts/sessions/${id}/events`,
    audio_url: `/v1/tts/sessions/${id}/audio`,
    created_at: new Date(record.createdAtMs).toISOString(),
    expires_at: new Date(record.expiresAtMs).toISOString(),
    request: fromSpeechRequest(record.request),
    ...(start ? { start: wirePart(start) } : {}),
    ...(complete ? { outcome: wirePart(complete) } : {}),
    ...(error ? errorBody(error, requestId) : {}),
    ...(progress
      ? {
          progress: {
            last_seq: progress.lastSeq,
            audio_ms: progress.audioMs,
            spoken_to: progress.spokenTo,
            spoken_to_source: progress.spokenToSource ?? 'segments',
          },
        }
      : {}),
  };
}
