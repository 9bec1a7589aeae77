import { expect, it } from 'vitest';
import { withFault } from '../../support/tone.js';
import {
  listen,
  listenToFailure,
  Refused,
  type DoorClient,
  type SpokenRequest,
  type WireError,
} from '../doors/door.js';
import type { Stage } from './stage.js';

export function failureStories(stage: () => Stage): void {
  it('a failure before the first audio is an error, with nothing heard', async () => {
    const { error, status } = await failure(stage().client, withFault('Never heard.', { fail_before: true }));
    expect(error).toMatchObject({ code: 'upstream_failed', provider: 'tone', retryable: true });
    if (status !== undefined) expect(status).toBe(502);
  });

  it('the provider names the failure, and the door speaks of it by the table', async () => {
    const request = withFault('Never heard.', { fail_before: true, error_code: 'unavailable' });
    const { error, status, headers } = await failure(stage().client, request);
    expect(error.code).toBe('unavailable');
    if (status === undefined) return;
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('a failure after the first audio breaks the answer off and never looks like an end', async () => {
    const { client, door, server } = stage();
    const hearing = await client.speak(withFault('Cut in the middle of it.', { fail_after_ms: 300 }));
    const { broken, heard } = await listenToFailure(hearing);
    expect(heard).toBeGreaterThan(0);
    expect(hearing.told.map(({ type }) => type)).not.toContain('complete');
    if (door.tells !== 'nothing') expect(broken.error?.code).toBe('upstream_failed');
    const { state, progress } = await server.gateway.sessions.get(hearing.sessionId);
    expect(state).toBe('failed');
    expect(progress?.audioMs).toBeGreaterThan(0);
  });

  it.each(['truncate', 'silence'])('a clip that is not whole is never called so: %s', async (fault) => {
    const { client, door } = stage();
    const { error } = await failure(client, withFault('This is not what it should be.', { [fault]: true }));
    if (door.tells !== 'nothing') expect(error.code).toBe('incomplete');
  });

  it('a provider that hangs is ended by its time limit', async () => {
    const { client, door } = stage();
    const { error } = await failure(client, withFault('It hangs here.', { stall_after_ms: 200 }));
    if (door.tells !== 'nothing') expect(error.code).toBe('deadline');
  });

  it('speaks on after all that', async () => {
    const heard = await listen(await stage().client.speak({ text: 'Still here.' }));
    expect(heard.length).toBeGreaterThan(0);
  });
}

interface Failure {
  readonly error: Partial<WireError>;
  readonly status?: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What the client is told of a speech that must fail, whenever it is told. */
async function failure(client: DoorClient, request: SpokenRequest): Promise<Failure> {
  try {
    const { broken } = await listenToFailure(await client.speak(request));
    return { error: broken.error ?? {}, headers: {} };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {
      error: error.error,
      headers: error.headers,
      ...(error.status === undefined ? {} : { status: error.status }),
    };
  }
}
