import { chunkedFraming, closeFraming, lengthFraming, sseFraming, type Framing } from './framing.js';
import type { Behaviour, Refusal } from './behaviour.js';
import { errorBody } from './error-bodies.js';
import { readModelWords, readWords } from './model-words.js';
import { readSpeech, type SpeechOrder } from './openai-request.js';
import type { UpstreamRequest } from './request-log.js';
import { audioType, responseHead, wholeAnswer } from './response-head.js';
import { spokenAudio, type SpokenAudio } from './spoken-audio.js';
import type { StatsCounter } from './stats.js';
import type { UpstreamOptions } from './upstream-options.js';
import { voiceList } from './voice-shapes.js';

const OPENAI_VOICES = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer'];
const PAGE = '<!doctype html><html><head><title>Welcome</title></head><body>It works!</body></html>';

/** An answer in one piece, or one that is played. */
export type Answer =
  | { readonly kind: 'whole'; readonly bytes: Buffer; readonly failed: boolean; readonly afterMs: number }
  | {
      readonly kind: 'speech';
      readonly head: Buffer;
      readonly framing: Framing;
      readonly audio: SpokenAudio;
      readonly behaviour: Behaviour;
    };

/** Decides what an OpenAI-compatible server says to a request. */
export class Vendor {
  /** For the next speeches, one each, before anything else is looked at. */
  readonly script: Behaviour[] = [];
  /** For speeches that nothing else says anything about. */
  defaults: Behaviour;

  constructor(
    private readonly options: UpstreamOptions,
    private readonly stats: StatsCounter,
  ) {
    this.defaults = options.defaults ?? {};
  }

  async answer(request: UpstreamRequest): Promise<Answer> {
    const { method, path } = request;
    if (path === '/__stats') return this.json(this.stats.read());
    if (path === '/__stats/reset') {
      this.stats.reset();
      return this.json({});
    }
    if (!this.admits(request.headers)) return this.refuse({ status: 401 });
    if (method === 'POST' && path.endsWith('/audio/speech')) return this.speech(request);
    if (method === 'GET' && path.endsWith('/audio/voices'))
      return this.json(voiceList(this.options.voiceShape ?? 'cards', this.voices));
    if (method === 'GET' && /\/models(\/[^/]+)?$/.test(path)) return this.models(path);
    return this.refuse({ status: 404, code: 'unknown_url', message: `Unknown request URL: ${method} ${path}` });
  }

  /** What to do with a speech: the script, else the `x-fake` header, else the words of the model, else the defaults. */
  behaviour(model: unknown, words: string | undefined): Behaviour {
    const told = this.script.shift() ?? (words === undefined ? readModelWords(model) : readWords(words));
    return { ...this.defaults, ...told };
  }

  private get voices(): readonly string[] {
    return this.options.voices ?? OPENAI_VOICES;
  }

  private admits(headers: UpstreamRequest['headers']): boolean {
    const { keys, dialect } = this.options;
    if (!keys) return true;
    const given = dialect === 'azure' ? headers['api-key'] : /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1];
    return given !== undefined && keys.includes(given);
  }

  private async speech(request: UpstreamRequest): Promise<Answer> {
    const behaviour = this.behaviour(request.json?.['model'], request.headers['x-fake']);
    request.behaviour = behaviour;
    if (behaviour.refusal) return this.refuse(behaviour.refusal, behaviour.ttfbMs);
    const read = readSpeech(request.json, this.options);
    if ('refusal' in read) return this.refuse(read.refusal);
    switch (behaviour.lie) {
      case 'html':
        return whole(200, 'text/html; charset=utf-8', PAGE);
      case 'json-error':
        return whole(200, 'application/json', errorBody(this.dialect, { status: 500 }).body);
      case 'empty':
        return whole(200, 'audio/pcm', '');
      default:
        return this.spoken(read.order, behaviour);
    }
  }

  private async spoken(order: SpeechOrder, behaviour: Behaviour): Promise<Answer> {
    const asked = behaviour.format ?? order.encoding;
    const audio = await spokenAudio(order.input, order.speed, asked, behaviour);
    const framing = framingOf(order, audio, behaviour);
    const type = order.sse ? 'text/event-stream' : audioType(audio, asked, behaviour, this.dialect);
    const head = responseHead(200, [
      ['content-type', type],
      ['x-request-id', 'req_fake'],
      ...framing.headers,
      ...(behaviour.headers ?? []),
    ]);
    return { kind: 'speech', head, framing, audio, behaviour };
  }

  private models(path: string): Answer {
    const names = this.options.models ?? ['tts-1', 'tts-1-hd', 'gpt-4o-mini-tts'];
    const cards = names.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'fake' }));
    const named = path.split('/models/')[1];
    if (named === undefined) return this.json({ object: 'list', data: cards });
    return this.json(cards.find(({ id }) => id === decodeURIComponent(named)));
  }

  private json(body: unknown): Answer {
    if (body === undefined) return this.refuse({ status: 404 });
    return { ...whole(200, 'application/json', JSON.stringify(body)), failed: false };
  }

  private refuse(refusal: Refusal, afterMs = 0): Answer {
    const { contentType, body } = errorBody(this.dialect, refusal);
    const wait = [
      ...(refusal.retryAfter === undefined ? [] : [['retry-after', refusal.retryAfter] as const]),
      ...(refusal.retryAfterMs === undefined ? [] : [['retry-after-ms', `${refusal.retryAfterMs}`] as const]),
    ];
    return { kind: 'whole', bytes: wholeAnswer(refusal.status, contentType, body, wait), failed: true, afterMs };
  }

  private get dialect(): NonNullable<UpstreamOptions['dialect']> {
    return this.options.dialect ?? 'openai';
  }
}

function whole(status: number, contentType: string, body: string): Answer & { kind: 'whole' } {
  return { kind: 'whole', bytes: wholeAnswer(status, contentType, body), failed: true, afterMs: 0 };
}

function framingOf({ sse, input }: SpeechOrder, audio: SpokenAudio, { framing, sse: manner = {} }: Behaviour): Framing {
  if (sse) return sseFraming(manner, input);
  if (framing === 'length' && Number.isFinite(audio.bytes)) return lengthFraming(audio.bytes);
  return framing === 'close' ? closeFraming : chunkedFraming;
}
