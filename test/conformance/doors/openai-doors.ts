import OpenAI from 'openai';
import { Broken, Refused, type Door, type Hearing, type SpokenRequest, type WireError } from './door.js';
import { HttpAnswer } from './http-answer.js';
import { audioHearing, deleteSession } from './rest-doors.js';

/** The native request in OpenAI's words. */
export function openaiBody({ text, target_format: format, ...fields }: SpokenRequest): Record<string, unknown> {
  return { model: 'tts-1', response_format: format ?? 'pcm', input: text, ...fields };
}

/** `POST /v1/audio/speech`, chunked. */
export const openaiDoor: Door = {
  name: 'OpenAI, chunked',
  transport: 'openai',
  path: '/v1/audio/speech',
  unknownFields: 'ignored',
  tells: 'nothing',
  wireBytes: 1,
  connect: (url) =>
    Promise.resolve({
      speak: async (request) => {
        const ask = { method: 'POST', body: openaiBody(request) };
        const answer = await HttpAnswer.of(`${url}/v1/audio/speech`, ask);
        return audioHearing(url, await answer.orRefused());
      },
      close: () => Promise.resolve(),
    }),
};

/** The same, by the official client, unmodified. */
export const openaiClientDoor: Door = {
  name: "OpenAI's own client",
  transport: 'openai',
  unknownFields: 'ignored',
  tells: 'nothing',
  wireBytes: 1,
  connect: (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
    return Promise.resolve({
      speak: (request) => speakThrough(client, url, request),
      close: () => Promise.resolve(),
    });
  },
};

async function speakThrough(client: OpenAI, url: string, request: SpokenRequest): Promise<Hearing> {
  const leaving = new AbortController();
  // Its types know OpenAI's own fields only; ours go along as its users send them.
  const body = openaiBody(request) as unknown as OpenAI.Audio.SpeechCreateParams;
  let response: Response;
  try {
    response = await client.audio.speech.create(body, { signal: leaving.signal });
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    throw new Refused(error.error as WireError, error.status as number, Object.fromEntries(error.headers ?? []));
  }
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const sessionId = response.headers.get('x-tts-session-id') ?? '';
  return {
    sessionId,
    warnings: () => response.headers.get('x-tts-warnings')?.split('; ') ?? [],
    told: [],
    next: async () => {
      try {
        const { done, value } = await reader.read();
        return done ? undefined : Buffer.from(value);
      } catch {
        throw new Broken();
      }
    },
    cancel: () => deleteSession(url, sessionId),
    leave: () => leaving.abort(),
  };
}
