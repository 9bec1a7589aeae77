import fc from 'fast-check';
import type { z } from 'zod';
import { openaiSpeechSchema } from '../../../src/transports/openai/openai-speech-schema.js';
import { sessionCreateSchema } from '../../../src/transports/rest/sessions.controller.js';
import { speechFields, speechRequestSchema } from '../../../src/transports/wire/speech-request-schema.js';

export interface MalformedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Values that break parsers, validators and those who forget one of them. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    ' ',
    0,
    -1,
    1e308,
    -1e308,
    2 ** 53,
    0.1,
    [],
    {},
    [[]],
    '\u0000',
    '\ud800',
    'NaN',
    '../..',
  ),
  fc.constantFrom('x'.repeat(5000), 'constructor', '__proto__', '{{7*7}}', "' OR 1=1", '%s%n', '\r\nx-a: b'),
  fc.jsonValue({ maxDepth: 3 }),
);

// Keys that reach a prototype where an object is copied carelessly; as JSON text, or they would be set here.
const POISON = ['"__proto__":{"polluted":1}', '"constructor":{"prototype":{"polluted":1}}', '"hasOwnProperty":1'];

/** A request that is right but for one or two fields, of which `schema` is the judge. */
function spoilt(schema: z.ZodType, right: object, fields: readonly string[]): fc.Arbitrary<string> {
  const some = fc.array(fc.tuple(fc.constantFrom(...fields), junk), { minLength: 1, maxLength: 2 });
  const wrong = some.map((pairs) => ({ ...right, ...Object.fromEntries(pairs) }));
  const poisoned = fc.constantFrom(...POISON).map((poison) => `{"text":7,"input":7,${poison}}`);
  return fc.oneof(
    {
      weight: 9,
      arbitrary: wrong.filter((body) => !schema.safeParse(body).success).map((body) => JSON.stringify(body)),
    },
    { weight: 1, arbitrary: poisoned },
  );
}

const native = [...Object.keys(speechFields), 'autostart', 'unknown_field', 'Text', 'toString'];
const openai = Object.keys(openaiSpeechSchema.shape);
const json = { 'content-type': 'application/json' };
const post =
  (path: string) =>
  (body: string): MalformedRequest => ({ method: 'POST', path, headers: json, body });
const POSTS = ['/synthesize', '/v1/tts/synthesize', '/v1/tts/sessions', '/v1/audio/speech'];

const bodies = fc.oneof(
  spoilt(speechRequestSchema, { text: 'x' }, native).map(post('/synthesize')),
  spoilt(sessionCreateSchema, { text: 'x' }, native).map(post('/v1/tts/sessions')),
  spoilt(openaiSpeechSchema, { input: 'x' }, openai).map(post('/v1/audio/speech')),
  fc.constant(JSON.stringify({ text: 'x', ssml: '<speak/>' })).map(post('/v1/tts/synthesize')),
);

/** Not JSON, not an object, not the right type, cut short. */
const raw = fc
  .tuple(
    fc.constantFrom(...POSTS),
    fc.oneof(
      fc.string(),
      fc.json().filter((text) => !text.startsWith('{')),
      fc.json().map((text) => `{"text":${text.slice(0, -1)}`),
      fc.constantFrom('[', '{"a":', '\ufeff', '[[[['.repeat(5000), '{"text":"x"}{', 'null', '"\\u0000"', '1e999'),
    ),
    fc.constantFrom('application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense', ''),
  )
  .map(([path, body, type]) => ({ method: 'POST', path, headers: type === '' ? {} : { 'content-type': type }, body }))
  .filter(({ body }) => body !== '' && body.trim() !== '{}');

const token = fc.oneof(fc.constantFrom('%2e%2e%2f', '%00', '%ff', '%', 'x'.repeat(600), '*'), fc.webSegment());

const lookUps = fc.oneof(
  token.map((id) => ({ method: 'GET', path: `/v1/tts/sessions/${id || 'x'}`, headers: {} })),
  token.map((id) => ({ method: 'DELETE', path: `/v1/tts/sessions/${id || 'x'}`, headers: {} })),
  token.map((id) => ({ method: 'GET', path: `/v1/tts/sessions/${id || 'x'}/audio`, headers: { range: 'bytes=9-1' } })),
  token.map((id) => ({
    method: 'GET',
    path: `/v1/tts/sessions/${id || 'x'}/events`,
    headers: { 'last-event-id': id },
  })),
  token.map((id) => ({ method: 'GET', path: `/v1/voices/${id || 'x'}/${id || 'x'}/preview`, headers: {} })),
  token.map((id) => ({ method: 'GET', path: `/v1/models/${id || 'x'}`, headers: {} })),
  token.map((id) => ({ method: 'GET', path: `/docs/${id || 'x'}`, headers: {} })),
  fc
    .tuple(fc.constantFrom('limit', 'gender', 'cursor', 'unknown', '__proto__', 'limit[]'), token)
    .map(([name, value]) => ({ method: 'GET', path: `/v1/voices?${name}=${value || 'x'}`, headers: {} })),
  fc
    .tuple(fc.constantFrom('PUT', 'PATCH', 'DELETE'), fc.constantFrom(...POSTS))
    .map(([method, path]) => ({ method, path, headers: json, body: '{}' })),
);

/** `count` requests that no door may take, the same ones for the same seed. */
export function malformedRequests(count: number, seed: number): MalformedRequest[] {
  const any = fc.oneof(
    { weight: 6, arbitrary: bodies },
    { weight: 2, arbitrary: raw },
    { weight: 2, arbitrary: lookUps },
  );
  return fc.sample<MalformedRequest>(any, { numRuns: count, seed });
}
