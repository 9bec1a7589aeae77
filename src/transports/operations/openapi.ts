import { z } from 'zod';
import { ERROR_TABLE } from '../../core/speech-error.js';
import { openaiSpeechSchema } from '../openai/openai-speech-schema.js';
import { sessionCreateSchema } from '../rest/sessions.controller.js';
import { voiceQuerySchema } from '../rest/voice-query.js';
import { speechRequestSchema } from '../wire/speech-request-schema.js';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 page, made from the schemas that the doors parse with. */
export function openapiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'TTS gateway', version, description: 'One contract in front of every text-to-speech voice.' },
    paths: { ...speechPaths(), ...sessionPaths(), ...listingPaths(), ...operationPaths() },
    components: {
      schemas: {
        SpeechRequest: schemaOf(speechRequestSchema),
        OpenAISpeechRequest: schemaOf(openaiSpeechSchema),
        SessionRequest: schemaOf(sessionCreateSchema),
        Error: errorSchema(),
      },
    },
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Json;
  return rest;
}

function errorSchema(): Json {
  const text = { type: 'string' };
  const error = {
    code: { type: 'string', enum: Object.keys(ERROR_TABLE) },
    message: text,
    type: text,
    param: { type: ['string', 'null'] },
    request_id: text,
    retryable: { type: 'boolean' },
    provider: { type: ['string', 'null'] },
  };
  return {
    type: 'object',
    required: ['error'],
    properties: { error: { type: 'object', required: Object.keys(error), properties: error } },
  };
}

const AUDIO = {
  description: 'The audio, streamed as it is made.',
  content: { 'audio/*': { schema: { type: 'string', format: 'binary' } } },
};
const EVENTS = { description: 'Server-sent events.', content: { 'text/event-stream': { schema: { type: 'string' } } } };
const JSON_ANSWER = { description: 'JSON.', content: { 'application/json': { schema: { type: 'object' } } } };
const ERRORS = {
  '4XX': { description: 'Refused: the body names the field and the fix.', content: errorContent() },
  '5XX': { description: 'Failed before the first audio.', content: errorContent() },
};

function errorContent(): Json {
  return { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
}

function operation(summary: string, answer: Json, more: Json = {}, status = '200'): Json {
  return { summary, responses: { [status]: answer, ...ERRORS }, ...more };
}

function body(name: string): Json {
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
  };
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function speechPaths(): Json {
  const synthesize = { post: operation('Speak a text', AUDIO, body('SpeechRequest')) };
  const answer = { description: AUDIO.description, content: { ...AUDIO.content, ...EVENTS.content } };
  return {
    '/v1/audio/speech': { post: operation('Speak a text (OpenAI-compatible)', answer, body('OpenAISpeechRequest')) },
    '/synthesize': synthesize,
    '/v1/tts/synthesize': synthesize,
  };
}

function sessionPaths(): Json {
  const session = { parameters: [pathParameter('session_id')] };
  return {
    '/v1/tts/sessions': { post: operation('Create a session', JSON_ANSWER, body('SessionRequest'), '201') },
    '/v1/tts/sessions/{session_id}': {
      ...session,
      get: operation('State and outcome', JSON_ANSWER),
      delete: operation('Cancel', JSON_ANSWER),
    },
    '/v1/tts/sessions/{session_id}/audio': { ...session, get: operation('The audio, live or stored', AUDIO) },
    '/v1/tts/sessions/{session_id}/events': { ...session, get: operation('All parts as events', EVENTS) },
  };
}

function listingPaths(): Json {
  const query = schemaOf(voiceQuerySchema) as { properties: Record<string, Json> };
  const parameters = Object.entries(query.properties).map(([name, schema]) => ({ name, in: 'query', schema }));
  const voice = { parameters: [pathParameter('provider'), pathParameter('voice')] };
  return {
    '/v1/voices': { get: operation('List voices', JSON_ANSWER, { parameters }) },
    '/v1/voices/{provider}/{voice}': { ...voice, get: operation('One voice', JSON_ANSWER) },
    '/v1/voices/{provider}/{voice}/preview': { ...voice, get: operation('A short sample', AUDIO) },
    '/v1/models': { get: operation('List models (OpenAI-compatible)', JSON_ANSWER) },
    '/v1/models/{id}': { parameters: [pathParameter('id')], get: operation('One model', JSON_ANSWER) },
    '/v1/audio/models': { get: operation('List models (Open WebUI)', JSON_ANSWER) },
    '/v1/audio/voices': { get: operation('List voice names (Open WebUI)', JSON_ANSWER) },
  };
}

function operationPaths(): Json {
  const text = { description: 'Prometheus text format.', content: { 'text/plain': { schema: { type: 'string' } } } };
  return {
    '/healthz': { get: operation('Alive', JSON_ANSWER) },
    '/readyz': { get: operation('Can speak', JSON_ANSWER) },
    '/health': { get: operation('State in full', JSON_ANSWER) },
    '/metrics': { get: operation('Metrics', text) },
  };
}
