import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { startUpstream, type Upstream } from '../upstream/start-upstream.js';
import type { Heard } from './support/hear.js';
import { goesOnAt, goesOnSomewhere, sameWords, theSentence } from './support/heard-text.js';
import { LISTENERS } from './support/listeners.js';
import { SENTENCES, TEXT } from './support/ten-sentences.js';

const RATE_HZ = 8000;
/** 60 ms at the 24 kHz of the vendor: one character. */
const CHUNK_BYTES = 60 * 48;

/** Each chunk of each sentence; the vendor tells no words, so a sentence that was begun may be said again. */
const CUTS = SENTENCES.flatMap((sentence, nth) =>
  Array.from({ length: sentence.length + 1 }, (_, chunk) => ({ nth, chunk })),
);

let server: GatewayServer;
let upstreams: Upstream[];
beforeAll(async () => {
  // One vendor for each door, so that the doors can be told their stories at the same time.
  upstreams = await Promise.all(LISTENERS.map(() => startUpstream({ defaults: { chunkBytes: CHUNK_BYTES } })));
  const vendors = upstreams.map(({ url }, index) => [
    `vendor-${index}`,
    { type: 'openai', base_url: `${url}/v1`, models: ['tts-1'], voices: ['alloy'], formats: ['pcm16'], prewarm: false },
  ]);
  const routes = upstreams.map((_, index) => [
    `route-${index}`,
    { targets: [{ voice: `vendor-${index}/alloy` }, { voice: 'healthy/phone' }] },
  ]);
  server = await startGatewayServer({
    providers: { healthy: { type: 'tone' }, ...Object.fromEntries(vendors) },
    routes: { default: { targets: [{ voice: 'healthy/phone' }] }, ...Object.fromEntries(routes) },
  });
});
afterAll(async () => {
  await server.close();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

describe('a vendor without word timings cuts at every chunk of ten sentences', () => {
  it.concurrent.each(LISTENERS.map((listener, index) => ({ ...listener, index })))(
    `$name is heard to the end ${CUTS.length} times`,
    { timeout: 60_000 },
    async ({ hear, index }) => {
      const flaws: string[] = [];
      for (const { nth, chunk } of CUTS) {
        const cut = { fault: { kind: 'cut', afterBytes: chunk * CHUNK_BYTES } } as const;
        upstreams[index]!.script(...SENTENCES.slice(0, nth).map(() => ({})), cut);
        const heard = await hear(server.url, { text: TEXT, voice: `route-${index}`, sample_rate_hz: RATE_HZ });
        const flaw = await flawOf(heard, nth, chunk);
        if (flaw !== undefined) flaws.push(`sentence ${nth}, chunk ${chunk}: ${flaw}`);
      }
      expect(flaws).toEqual([]);
    },
  );

  it('leaves nothing open', async () => {
    await expect.poll(() => server.gateway.active.size).toBe(0);
    await expect.poll(() => upstreams.reduce((sum, upstream) => sum + upstream.stats().active, 0)).toBe(0);
  });
});

async function flawOf(heard: Heard, nth: number, chunk: number): Promise<string | undefined> {
  const text = decodeTone(heard.audio, RATE_HZ);
  if (!heard.complete) return `no honest end: ${heard.error?.code}, heard "${text}"`;
  const { complete } = await server.gateway.sessions.get(heard.sessionId ?? '');
  const seams = nth === 0 && chunk === 0 ? 0 : 1;
  if (complete?.seams !== seams) return `${complete?.seams} seams are reported`;
  // A sentence of which nothing was heard is said once, and so is the one before it.
  if (chunk === 0) return sameWords(text, TEXT) ? undefined : `heard "${text}"`;
  if (!goesOnSomewhere(text, TEXT, theSentence)) return `words are missing or too many: "${text}"`;
  const told = heard.told.filter(({ type }) => type === 'seam');
  if (!heard.told.some(({ type }) => type === 'start')) return undefined;
  const at = Number(told[0]?.['text_offset']);
  return told.length === 1 && goesOnAt(text, TEXT, at, theSentence) ? undefined : `${JSON.stringify(told)}: "${text}"`;
}
