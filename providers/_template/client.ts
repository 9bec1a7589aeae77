import { Pool } from 'undici';
import { isSpeechError } from '../../src/core/speech-error.js';
import { answerError, connectionError } from './errors.js';
import type { TemplateOptions } from './options.js';
import { errorAnswer, voicesAnswer, type SpeakBody, type WireVoice } from './wire.js';

/** Audio that is being received; leaving the loop early closes the connection. */
export interface SpokenAnswer {
  readonly sampleRateHz: number;
  readonly audio: AsyncIterable<Buffer>;
}

/** The server: its sockets, its address, its key. Every call closes its connection when `signal` aborts. */
export class TemplateClient {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    { base_url, api_key, connections }: TemplateOptions,
    private readonly provider: string,
  ) {
    const url = new URL(base_url);
    this.path = url.pathname.replace(/\/$/, '');
    this.pool = new Pool(url.origin, { connections, connect: { timeout: 5000 }, headersTimeout: 60_000 });
    this.headers = api_key === '' ? {} : { authorization: `Bearer ${api_key}` };
  }

  async speak(body: SpeakBody, signal: AbortSignal): Promise<SpokenAnswer> {
    const answer = await this.send('POST', '/speak', signal, JSON.stringify(body));
    return { sampleRateHz: Number(answer.headers['x-sample-rate']), audio: this.received(answer.body) };
  }

  async voices(signal: AbortSignal): Promise<readonly WireVoice[]> {
    const answer = await this.send('GET', '/voices', signal);
    return voicesAnswer.parse(await answer.body.json()).voices;
  }

  /** Throws where the server cannot be reached or is not well. */
  async health(): Promise<void> {
    const answer = await this.send('GET', '/health', AbortSignal.timeout(2000));
    await answer.body.dump();
  }

  /** Also ends what is running. */
  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async send(method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: string) {
    try {
      const headers = { ...this.headers, ...(body !== undefined && { 'content-type': 'application/json' }) };
      const request = { method, path: this.path + path, headers, signal, body: body ?? null };
      const answer = await this.pool.request(request);
      if (answer.statusCode === 200) return answer;
      const retryAfter = answer.headers['retry-after'];
      const said = errorAnswer.parse(await answer.body.json().catch(() => undefined)).error;
      throw answerError(answer.statusCode, said, String(retryAfter ?? ''), this.provider);
    } catch (error) {
      throw isSpeechError(error) ? error : connectionError(error, this.provider);
    }
  }

  // A body of chunks that is cut rejects, so an end that is seen is the end.
  private async *received(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* body;
    } catch (error) {
      throw connectionError(error, this.provider);
    }
  }
}
