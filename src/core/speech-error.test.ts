import { describe, expect, it } from 'vitest';
import { abortReason, ERROR_CODES, ERROR_TABLE, isSpeechError, SpeechError, toSpeechError } from './speech-error.js';

describe('SpeechError', () => {
  it('knows an error of another copy of this module by its marker', () => {
    const foreign = { [Symbol.for('tts-gateway.speech-error')]: true, code: 'deadline' };
    expect(isSpeechError(foreign)).toBe(true);
    expect(isSpeechError(new Error('plain'))).toBe(false);
  });

  it('hides what is not ours behind `internal`, with the original as its cause', () => {
    const original = new Error('the text "secret" broke the parser');
    const error = toSpeechError(original);
    expect(error.code).toBe('internal');
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBe(original);
  });

  it('keeps what was known when more is added', () => {
    const error = new SpeechError('rate_limited', 'slow down', { retryAfterMs: 1500, retryable: false, provider: 'a' });
    const progress = { lastSeq: 3, audioMs: 400, spokenTo: 12 };
    expect(error.with({ progress })).toMatchObject({ retryAfterMs: 1500, retryable: false, provider: 'a', progress });
  });

  it('gives the abort reason as it is, and `cancelled` for a plain abort', () => {
    const late = new SpeechError('deadline', 'late');
    expect(abortReason(AbortSignal.abort(late))).toBe(late);
    expect(abortReason(AbortSignal.abort())).toMatchObject({ code: 'cancelled' });
  });

  it('maps every code to a status and a close code that a wire can carry', () => {
    for (const code of ERROR_CODES) {
      const { http, wsClose } = ERROR_TABLE[code];
      expect(http).toBeGreaterThanOrEqual(400);
      expect(http).toBeLessThan(600);
      expect(wsClose === 1000 || wsClose >= 1008).toBe(true);
    }
  });
});
