import { afterAll, beforeAll, describe } from 'vitest';
import type { GatewayServer } from '../support/gateway-server.js';
import type { Door, DoorClient } from './doors/door.js';
import { failureStories } from './transport/failures.js';
import { happyStories } from './transport/happy.js';
import { paceStories } from './transport/pace.js';
import { refusalStories } from './transport/refusals.js';
import type { Stage } from './transport/stage.js';

/**
 * What every door must do, told over each of them by its driver. `server` speaks tone, with the limits of
 * `TRANSPORT_CONFIG`.
 */
export function transportSuite(door: Door, server: () => GatewayServer): void {
  describe(`door: ${door.name}`, () => {
    let client: DoorClient | undefined;
    const stage = (): Stage => {
      if (client === undefined) throw new Error('the client is not connected yet');
      return { door, server: server(), client };
    };
    beforeAll(async () => {
      client = await door.connect(server().url);
    });
    afterAll(async () => {
      await client?.close();
    });
    happyStories(stage);
    paceStories(stage);
    failureStories(stage);
    refusalStories(stage);
  });
}

/** Limits short enough for stories about them. */
export const TRANSPORT_CONFIG = {
  limits: { client_stall_ms: 1500, max_body_bytes: 262_144 },
  sessions: { resume_window_s: 1 },
  policies: { first_audio_ms: 400, inter_chunk_ms: 400 },
};
