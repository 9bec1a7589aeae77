import type { Door, Hearing, SpokenRequest } from './door.js';
import { HttpAnswer } from './http-answer.js';

/** `POST /synthesize`. */
export const synthesizeDoor: Door = {
  name: 'REST /synthesize',
  transport: 'rest',
  path: '/synthesize',
  unknownFields: 'refused',
  tells: 'nothing',
  wireBytes: 1,
  connect: (url) =>
    Promise.resolve({
      speak: async (request) => {
        const answer = await HttpAnswer.of(`${url}/synthesize`, { method: 'POST', body: asPcm(request) });
        return audioHearing(url, await answer.orRefused());
      },
      close: () => Promise.resolve(),
    }),
};

/** A session, and its audio as one chunked body. */
export const sessionAudioDoor: Door = {
  name: 'session audio',
  transport: 'rest',
  path: '/v1/tts/sessions',
  unknownFields: 'refused',
  tells: 'nothing',
  wireBytes: 1,
  connect: (url) =>
    Promise.resolve({
      speak: async (request) => {
        const id = await createSession(url, request);
        const answer = await HttpAnswer.of(`${url}/v1/tts/sessions/${id}/audio`);
        return audioHearing(url, await answer.orRefused());
      },
      close: () => Promise.resolve(),
    }),
};

/** The doors' common ground: PCM at tone's own rate. */
export function asPcm(request: SpokenRequest): SpokenRequest {
  return { target_format: 'pcm16', ...request };
}

/** Rejects with `Refused`. */
export async function createSession(url: string, request: SpokenRequest): Promise<string> {
  const created = await HttpAnswer.of(`${url}/v1/tts/sessions`, { method: 'POST', body: asPcm(request) });
  const { session_id: id } = await (await created.orRefused()).json();
  return String(id);
}

export async function deleteSession(url: string, id: string): Promise<void> {
  const answer = await HttpAnswer.of(`${url}/v1/tts/sessions/${id}`, { method: 'DELETE' });
  await (await answer.orRefused()).whole();
}

/** A speech whose answer's body is its audio. */
export function audioHearing(url: string, answer: HttpAnswer): Hearing {
  const sessionId = String(answer.headers['x-tts-session-id']);
  return {
    sessionId,
    warnings: () => warningsOf(answer),
    told: [],
    next: () => answer.next(),
    cancel: () => deleteSession(url, sessionId),
    leave: () => answer.leave(),
  };
}

export function warningsOf({ headers }: HttpAnswer): string[] {
  const told = headers['x-tts-warnings'];
  return typeof told === 'string' ? told.split('; ') : [];
}
