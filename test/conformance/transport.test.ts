import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SENTENCES } from '../support/tone.js';
import { ALL_DOORS } from './doors/all-doors.js';
import { listen } from './doors/door.js';
import { transportSuite, TRANSPORT_CONFIG } from './transport.suite.js';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer(TRANSPORT_CONFIG);
  // Once the voices are known, what they cannot do is refused without asking them.
  await server.gateway.voices.list();
});
afterAll(() => server.close());

for (const door of ALL_DOORS) transportSuite(door, () => server);

describe('all doors', () => {
  it.each(['pcm16', 'wav', 'mp3', 'mulaw', 'flac'])('give the same bytes for the same request: %s', async (format) => {
    const request = {
      text: SENTENCES.join(' '),
      target_format: format,
      sample_rate_hz: format === 'mulaw' ? 8000 : 24_000,
    };
    const heard: Record<string, string> = {};
    for (const door of ALL_DOORS) {
      const client = await door.connect(server.url);
      heard[door.name] = (await listen(await client.speak(request))).toString('base64');
      await client.close();
    }
    const [first] = Object.values(heard);
    expect(first!.length).toBeGreaterThan(1000);
    for (const [name, bytes] of Object.entries(heard)) expect(bytes === first, name).toBe(true);
  });
});
