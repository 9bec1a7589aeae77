import { expect, it } from 'vitest';
import { Broken, listen, Refused, type DoorClient, type SpokenRequest } from '../doors/door.js';
import { HttpAnswer } from '../doors/http-answer.js';
import type { Stage } from './stage.js';

/** A request that is refused, what for, and the field that is named. */
const REFUSED: readonly [what: string, request: SpokenRequest, code: string, status: number, param: string | null][] = [
  ['an unknown provider', { text: 'x', voice: 'nobody/here' }, 'not_found', 404, 'voice'],
  ['an unknown voice', { text: 'x', voice: 'tone/nobody' }, 'not_found', 404, 'voice'],
  ['white space for a text', { text: ' \n\t ' }, 'invalid_request', 400, 'text'],
  ['a control character', { text: 'bell \u0007' }, 'invalid_request', 400, 'text'],
  ['a text over the limit', { text: 'x'.repeat(5001) }, 'too_large', 413, 'text'],
  [
    'a rate that Opus has not',
    { text: 'x', target_format: 'opus', sample_rate_hz: 44_100 },
    'unsupported',
    422,
    'sample_rate_hz',
  ],
  ['a rate that no one has', { text: 'x', sample_rate_hz: 12_345 }, 'invalid_request', 400, 'sample_rate_hz'],
  ['too much speed', { text: 'x', speed: 4.5 }, 'invalid_request', 400, 'speed'],
  ['a language the voice has not', { text: 'x', language: 'tlh' }, 'unsupported', 422, 'language'],
];

export function refusalStories(stage: () => Stage): void {
  it.each(REFUSED)(
    'refuses %s by name, before anything is synthesised',
    async (_what, request, code, status, param) => {
      const { client, server } = stage();
      const refused = await refusal(client, request);
      expect(refused.error).toMatchObject({ code, param, retryable: false, type: 'invalid_request_error' });
      expect(refused.error.message).not.toBe('');
      if (refused.status !== undefined) expect(refused.status).toBe(status);
      expect(server.watch.calls.filter(({ text, made }) => text === request.text && made.length > 0)).toEqual([]);
    },
  );

  it('refuses an unknown field by its name, or names it in its warnings', async () => {
    const { client, door } = stage();
    const request = { text: 'Extra.', loudness: 11 };
    if (door.unknownFields === 'refused') {
      expect((await refusal(client, request)).error).toMatchObject({ code: 'invalid_request', param: 'loudness' });
      return;
    }
    const hearing = await client.speak(request);
    expect(hearing.warnings().join()).toContain('loudness');
    expect((await listen(hearing)).length).toBeGreaterThan(0);
  });

  it('names each wish that is not honoured', async () => {
    const hearing = await stage().client.speak({ text: 'Wish.', instructions: 'whisper' });
    await listen(hearing);
    expect(hearing.warnings().join()).toContain('instructions');
  });

  it('refuses what is no request at all', async () => {
    const { door, server } = stage();
    if (door.path === undefined) return;
    const path = `${server.url}${door.path}`;
    for (const body of ['{"text": "planted', '', 'planted', '[]', '42', 'null', '"planted"', '{"__proto__": 1}']) {
      const answer = await HttpAnswer.of(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.status, body]).toEqual([400, body]);
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe('invalid_request');
      expect(error.message).not.toContain('planted');
    }
  });

  it('refuses a body over limits.max_body_bytes', async () => {
    const { door, server } = stage();
    if (door.path === undefined) return;
    const body = JSON.stringify({ text: 'x'.repeat(300_000) });
    const answer = await HttpAnswer.of(`${server.url}${door.path}`, { method: 'POST', body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: 'too_large' } });
  });
}

/** A door may know only after its acknowledgement: then the refusal comes as the speech's one and last event. */
async function refusal(client: DoorClient, request: SpokenRequest): Promise<Pick<Refused, 'error' | 'status'>> {
  try {
    await listen(await client.speak(request));
  } catch (error) {
    if (error instanceof Refused) return error;
    if (error instanceof Broken && error.error) return { error: error.error, status: undefined };
    throw error;
  }
  throw new Error('The request was not refused.');
}
