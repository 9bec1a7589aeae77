import { expect, it } from 'vitest';
import { inRealTime, LONG_TEXT } from '../../support/tone.js';
import { listenToFailure, type Hearing } from '../doors/door.js';
import { underWay, withClient, type Stage } from './stage.js';

/** Contract, section 2, law 4. */
const STOP_MS = 50;
const HEARD_WITHIN_MS = 20;
const MEBIBYTE = 1024 * 1024;

/** Timing as well as content: these are tried again on a machine that was busy with something else. */
const TIMED = { retry: 2 };

export function paceStories(stage: () => Stage): void {
  it('each chunk is heard when it is made, not when the clip is done', TIMED, async () => {
    const { client, server } = stage();
    const hearing = await client.speak(inRealTime('As it is made.'));
    const heard = await timesOf(hearing);
    const [call] = server.watch.of(hearing.sessionId);
    const lags = call!.made.map(({ atMs, bytes }) => heard.find((at) => at.bytes >= bytes)!.atMs - atMs);
    lags.sort((a, b) => a - b);
    expect(lags.length).toBeGreaterThan(5);
    expect(lags[Math.floor(lags.length / 2)]).toBeLessThan(HEARD_WITHIN_MS);
    expect(lags[Math.floor(lags.length * 0.95)]).toBeLessThan(2 * HEARD_WITHIN_MS);
    expect(heard[0]!.atMs).toBeLessThan(call!.stoppedAtMs! - 300);
  });

  it(`cancelled: the provider has stopped within ${STOP_MS} ms`, TIMED, async () => {
    const { client, server } = stage();
    const { hearing } = await underWay(client, inRealTime(LONG_TEXT));
    const cancelledAtMs = performance.now();
    const cancelled = hearing.cancel();
    expect((await server.watch.stopped(hearing.sessionId)) - cancelledAtMs).toBeLessThan(STOP_MS);
    await cancelled;
    const { broken } = await listenToFailure(hearing);
    if (broken.error) expect(broken.error.code).toBe('cancelled');
    expect((await server.gateway.sessions.get(hearing.sessionId)).state).toBe('cancelled');
  });

  it('cancelled while the provider stalls: it has stopped just as soon', TIMED, async () => {
    const { client, server } = stage();
    const { hearing } = await underWay(client, { ...inRealTime(LONG_TEXT, { stall_after_ms: 100 }) });
    const cancelledAtMs = performance.now();
    const cancelled = hearing.cancel();
    expect((await server.watch.stopped(hearing.sessionId)) - cancelledAtMs).toBeLessThan(STOP_MS);
    await cancelled;
    await listenToFailure(hearing);
  });

  it(`hung up: the provider has stopped within ${STOP_MS} ms`, TIMED, async () => {
    await withClient(stage(), async (client) => {
      const { server } = stage();
      const { hearing } = await underWay(client, inRealTime(LONG_TEXT));
      const leftAtMs = performance.now();
      hearing.leave();
      expect((await server.watch.stopped(hearing.sessionId)) - leftAtMs).toBeLessThan(STOP_MS);
    });
  });

  it('a reader that stops stalls the provider, costs at most 1 MiB, and misses nothing when it goes on', async () => {
    const { client, server, door } = stage();
    const sentBefore = server.bytesSent();
    const { hearing, heard } = await underWay(client, { text: LONG_TEXT });
    const made = await settled(() => server.watch.bytesMade(hearing.sessionId));
    // What the kernel buffers for a connection is its own business: megabytes on loopback, and no process can bound it.
    const sent = (server.bytesSent() - sentBefore) / door.wireBytes;
    expect(made - sent).toBeLessThan(MEBIBYTE);
    let total = heard;
    for (let audio = await hearing.next(); audio; audio = await hearing.next()) total += audio.length;
    expect(total).toBe(server.watch.bytesMade(hearing.sessionId));
    expect(total).toBeGreaterThan(made);
  });

  it('a reader that never goes on is ended after limits.client_stall_ms', async () => {
    await withClient(stage(), async (client) => {
      const { server } = stage();
      const { hearing } = await underWay(client, { text: LONG_TEXT });
      await server.watch.stopped(hearing.sessionId);
      expect((await server.gateway.sessions.get(hearing.sessionId)).state).not.toBe('completed');
      const { broken } = await listenToFailure(hearing);
      expect([undefined, 'client_stalled']).toContain(broken.error?.code);
      await expect.poll(() => server.gateway.active.size, { timeout: 3000 }).toBe(0);
    });
  });
}

async function timesOf(hearing: Hearing): Promise<{ atMs: number; bytes: number }[]> {
  const times: { atMs: number; bytes: number }[] = [];
  let bytes = 0;
  for (let audio = await hearing.next(); audio; audio = await hearing.next()) {
    times.push({ atMs: performance.now(), bytes: (bytes += audio.length) });
  }
  return times;
}

/** The value once it has not changed for a while. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1; ;) {
    const now = read();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
