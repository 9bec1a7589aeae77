import type { Log } from '../../src/core/call-context.js';
import type { Departure } from '../_shared/departure.js';
import type { HttpRequest, HttpStream } from '../_shared/http-stream.js';
import { VendorClient } from '../_shared/vendor-client.js';
import { answerError } from './errors.js';
import type { OpenAiOptions } from './options.js';
import { readVoiceCards, type SpeechBody, type VoiceCard } from './wire.js';

/** One OpenAI-compatible server: its addresses and headers, over the shared sockets and keys. */
export class OpenAiClient {
  private readonly http: VendorClient;
  private readonly base: URL;
  private readonly azure: boolean;

  constructor(
    private readonly options: OpenAiOptions,
    provider: string,
    log: Log,
  ) {
    this.base = new URL(options.base_url);
    this.azure = options.flavour === 'azure';
    this.http = new VendorClient({
      provider,
      origin: this.base.origin,
      http: options,
      log,
      warmUp: (key) => this.get('/models', key),
      toError: (answer) => answerError(answer, provider),
    });
  }

  /** The answer to a speech, its status 2xx. Throws the one error for everything else. */
  speech(body: SpeechBody, departure: Departure): Promise<HttpStream> {
    const { deployments, extra_body } = this.options;
    const deployment = encodeURIComponent(deployments[body.model] ?? body.model);
    const path = this.path(this.azure ? `/deployments/${deployment}/audio/speech` : '/audio/speech');
    const json = JSON.stringify({ ...extra_body, ...body });
    const request = (key: string | undefined): HttpRequest => {
      return {
        method: 'POST',
        path,
        headers: { ...this.headers(key), 'content-type': 'application/json' },
        body: json,
      };
    };
    return this.http.request(request, body.input, departure);
  }

  /** The voices that the server lists itself, from the first address that lists any. */
  async voices(signal: AbortSignal): Promise<readonly VoiceCard[]> {
    const { voices_path } = this.options;
    for (const path of voices_path === undefined ? ['/audio/voices', '/voices'] : [voices_path]) {
      const cards = readVoiceCards(await this.http.json((key) => this.get(path, key), signal));
      if (cards) return cards;
    }
    return [];
  }

  /** Takes the keys and `text` out of what the server said. */
  redact(said: string, text: string): string {
    return this.http.redactor(text)(said);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private get(path: string, key: string | undefined): HttpRequest {
    return { method: 'GET', path: this.path(path), headers: this.headers(key) };
  }

  private path(path: string): string {
    const base = this.base.pathname.replace(/\/+$/, '');
    if (!this.azure) return `${base}${path}`;
    return `${base}/openai${path}?api-version=${encodeURIComponent(this.options.api_version)}`;
  }

  private headers(key: string | undefined): Record<string, string> {
    const { organization, project, headers } = this.options;
    return {
      ...(key !== undefined && (this.azure ? { 'api-key': key } : { authorization: `Bearer ${key}` })),
      ...(organization !== undefined && { 'openai-organization': organization }),
      ...(project !== undefined && { 'openai-project': project }),
      ...headers,
    };
  }
}
