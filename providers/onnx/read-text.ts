import type { HostPool } from '../../src/core/host.js';
import { isSpeechError, SpeechError } from '../../src/core/speech-error.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import type { ChosenVoice } from './library/find-voice.js';
import type { SpokenSentence, SpokenText, TextJob } from './text/text-job.js';

/** Text into ids, in the text host. */
export class ReadText {
  constructor(private readonly pool: HostPool) {}

  /** Empty for a text with nothing to say. Throws `unsupported` when the voice knows none of its characters. */
  async sentences(voice: ChosenVoice, request: SpeechRequest, signal: AbortSignal): Promise<readonly SpokenSentence[]> {
    const { file, speaker, styles } = voice;
    const job: TextJob = {
      kind: 'sentences',
      frontend:
        speaker.espeakVoice === undefined ? file.frontend : { ...file.frontend, espeakVoice: speaker.espeakVoice },
      text: request.text,
      timed: request.timings !== 'none',
      styles,
    };
    const sentences = await this.ask(job, signal, true);
    if (sentences.length === 0 && /[\p{L}\p{N}]/u.test(request.text)) {
      throw new SpeechError('unsupported', 'This voice knows none of the characters of the text.', { param: 'text' });
    }
    return sentences;
  }

  /** A text that ended the host is tried once more: it may have been another one's fault. */
  private async ask(job: TextJob, signal: AbortSignal, again: boolean): Promise<readonly SpokenSentence[]> {
    try {
      for await (const answer of this.pool.open(job, signal)) return (answer as SpokenText).sentences;
    } catch (error) {
      const died = isSpeechError(error) && error.code === 'upstream_failed' && error.retryable;
      if (!died || !again || signal.aborted) throw error;
      return this.ask(job, signal, false);
    }
    throw new SpeechError('upstream_failed', 'The text host gave no answer.');
  }
}
