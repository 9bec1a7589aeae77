import { Inject, Injectable } from '@nestjs/common';
import { mimeType } from '../../core/audio-format.js';
import type { CallContext } from '../../core/call-context.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import type { CataloguedVoice } from '../../registry/voice-catalogue.js';
import { SESSIONS } from '../tokens.js';
import { speechRequestSchema, toSpeechRequest } from '../wire/speech-request-schema.js';

export interface PreviewClip {
  readonly contentType: string;
  readonly audio: Buffer;
}

/** Digits are read in every voice's own language. */
const SAMPLE_TEXT = '1, 2, 3, 4, 5.';
const MAX_CLIPS = 64;

/** Short samples of voices, made once and kept in memory: a few seconds of MP3 each, at most 64 of them. */
@Injectable()
export class VoicePreviews {
  private readonly clips = new Map<string, Promise<PreviewClip>>();

  constructor(@Inject(SESSIONS) private readonly sessions: SpeechSessions) {}

  /** Two who ask for the same sample at the same time share one synthesis, which then outlives a caller who leaves. */
  of(voice: CataloguedVoice, call: CallContext): Promise<PreviewClip> {
    const known = this.clips.get(voice.fullId);
    if (known) return known;
    const clip = this.speak(voice.fullId, { ...call, signal: AbortSignal.timeout(30_000) });
    this.clips.set(voice.fullId, clip);
    clip.catch(() => this.clips.delete(voice.fullId));
    const oldest = this.clips.keys().next();
    if (this.clips.size > MAX_CLIPS && !oldest.done) this.clips.delete(oldest.value);
    return clip;
  }

  private async speak(voice: string, call: CallContext): Promise<PreviewClip> {
    const request: SpeechRequest = toSpeechRequest(speechRequestSchema.parse({ text: SAMPLE_TEXT, voice }), 'mp3');
    const chunks: Buffer[] = [];
    let contentType = '';
    for await (const part of this.sessions.speakOnce(request, call)) {
      if (part.type === 'start') {
        contentType = mimeType({ encoding: part.format, sampleRateHz: part.sampleRateHz, channels: part.channels });
      } else if (part.type === 'audio') chunks.push(part.data);
    }
    return { contentType, audio: Buffer.concat(chunks) };
  }
}
