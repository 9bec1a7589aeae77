import { Broken, type Door, type Hearing, type ToldPart, type WireError } from './door.js';
import { EventReader, type ServerEvent } from './event-reader.js';
import { HttpAnswer } from './http-answer.js';
import { openaiBody } from './openai-doors.js';
import { createSession, deleteSession, warningsOf } from './rest-doors.js';

/** A session, and all its parts as server-sent events. */
export const sessionEventsDoor: Door = {
  name: 'session events (SSE)',
  transport: 'sse',
  path: '/v1/tts/sessions',
  unknownFields: 'refused',
  tells: 'everything',
  wireBytes: 4 / 3,
  connect: (url) =>
    Promise.resolve({
      speak: async (request) => {
        const id = await createSession(url, request);
        const answer = await HttpAnswer.of(`${url}/v1/tts/sessions/${id}/events`);
        return partsHearing(url, id, await answer.orRefused());
      },
      close: () => Promise.resolve(),
    }),
};

/** `POST /v1/audio/speech` with `stream_format: "sse"`. */
export const openaiEventsDoor: Door = {
  name: 'OpenAI, SSE',
  transport: 'openai',
  path: '/v1/audio/speech',
  unknownFields: 'ignored',
  tells: 'end',
  wireBytes: 4 / 3,
  connect: (url) =>
    Promise.resolve({
      speak: async (request) => {
        const body = { ...openaiBody(request), stream_format: 'sse' };
        const answer = await HttpAnswer.of(`${url}/v1/audio/speech`, { method: 'POST', body });
        return deltasHearing(url, await answer.orRefused());
      },
      close: () => Promise.resolve(),
    }),
};

function partsHearing(url: string, sessionId: string, answer: HttpAnswer): Hearing {
  const told: ToldPart[] = [];
  return {
    sessionId,
    warnings: () => told.flatMap(({ type, warnings }) => (type === 'start' ? (warnings as string[]) : [])),
    told,
    next: audioEvents(answer, (event) => {
      const { data, ...part } = JSON.parse(event.data) as ToldPart & { data?: string };
      if (part.type !== event.event) throw new Error(`event ${event.event ?? ''} carries a ${part.type}`);
      told.push(event.id === undefined ? part : { ...part, id: event.id });
      if (part.type === 'audio') return Buffer.from(data ?? '', 'base64');
      return part.type === 'error' ? (part['error'] as WireError) : part.type === 'complete' ? 'end' : undefined;
    }),
    cancel: () => deleteSession(url, sessionId),
    leave: () => answer.leave(),
  };
}

function deltasHearing(url: string, answer: HttpAnswer): Hearing {
  const told: ToldPart[] = [];
  const sessionId = String(answer.headers['x-tts-session-id']);
  return {
    sessionId,
    warnings: () => warningsOf(answer),
    told,
    next: audioEvents(answer, (event) => {
      const { audio, ...part } = JSON.parse(event.data) as ToldPart & { audio?: string };
      if (part.type === 'speech.audio.delta') return Buffer.from(audio ?? '', 'base64');
      told.push(part.type === 'speech.audio.done' ? { ...part, type: 'complete' } : part);
      return part.type === 'speech.audio.error' ? (part['error'] as WireError) : 'end';
    }),
    cancel: () => deleteSession(url, sessionId),
    leave: () => answer.leave(),
  };
}

type Meaning = Buffer | WireError | 'end' | undefined;

/** Audio by audio; an end of the wire without the speech's own last event is a break. */
function audioEvents(
  answer: HttpAnswer,
  understand: (event: ServerEvent) => Meaning,
): () => Promise<Buffer | undefined> {
  const events = new EventReader(answer);
  return async () => {
    for (;;) {
      const event = await events.next();
      if (!event) throw new Broken();
      const meaning = understand(event);
      if (Buffer.isBuffer(meaning)) return meaning;
      if (meaning === 'end') return requireEnd(events);
      if (meaning) throw new Broken(meaning);
    }
  };
}

async function requireEnd(events: EventReader): Promise<undefined> {
  const more = await events.next();
  if (more) throw new Error(`An event came after the last one: ${more.data.slice(0, 80)}`);
}
