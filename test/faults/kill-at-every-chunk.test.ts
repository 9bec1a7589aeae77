import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SENTENCES, TEXT } from './support/ten-sentences.js';
import { inBatches } from './support/in-batches.js';
import { goesOnAt, goesOnSomewhere, sameWords, theWord } from './support/heard-text.js';
import type { Heard } from './support/hear.js';
import { LISTENERS } from './support/listeners.js';

const CHARACTER_MS = 60;
const CHUNK_MS = 60;
const RATE_HZ = 8000;

/** Each chunk of each sentence: the provider dies in place of the one that follows, or of its end. */
const KILLS = SENTENCES.flatMap((sentence) => {
  const chunks = Math.ceil((sentence.length * CHARACTER_MS) / CHUNK_MS);
  return Array.from({ length: chunks + 1 }, (_, chunk) => ({ sentence, afterMs: chunk * CHUNK_MS, chunks }));
});

let server: GatewayServer;
beforeAll(async () => {
  const tone = { type: 'tone', character_ms: CHARACTER_MS, chunk_ms: CHUNK_MS };
  server = await startGatewayServer({
    providers: { a: tone, b: tone },
    // The second one is asked without the faults of the request.
    routes: { default: { targets: [{ voice: 'a/phone' }, { voice: 'b/phone', options: { faults_in: 'nowhere' } }] } },
  });
});
afterAll(() => server.close());

describe.each(LISTENERS)('the provider dies at every chunk of ten sentences, $name', (listener) => {
  it(`is heard to the end ${KILLS.length} times`, { timeout: 60_000 }, async () => {
    const flaws = await inBatches(8, KILLS, async ({ sentence, afterMs }) => {
      const fault = { faults_in: sentence, fail_after_ms: Math.min(afterMs, sentence.length * CHARACTER_MS) };
      const heard = await listener.hear(server.url, {
        text: TEXT,
        sample_rate_hz: RATE_HZ,
        provider_options: { tone: fault },
      });
      const flaw = await flawOf(heard, afterMs === 0 && sentence === SENTENCES[0]);
      return flaw === undefined ? [] : [`${sentence} after ${afterMs} ms: ${flaw}`];
    });
    expect(flaws.flat()).toEqual([]);
    expect(server.gateway.active.size).toBe(0);
  });
});

/** Undefined where every word was heard, the broken one at most twice, with one seam told as it was and an honest end. */
async function flawOf(heard: Heard, unheard: boolean): Promise<string | undefined> {
  const text = decodeTone(heard.audio, RATE_HZ);
  if (!heard.complete) return `no honest end: ${heard.error?.code}, heard "${text}"`;
  const { complete } = await server.gateway.sessions.get(heard.sessionId ?? '');
  if (unheard) return complete?.seams === 0 && sameWords(text, TEXT) ? undefined : `heard "${text}"`;
  if (!goesOnSomewhere(text, TEXT, theWord)) return `words are missing or too many: "${text}"`;
  if (complete?.seams !== 1) return `${complete?.seams} seams are reported`;
  if (!heard.told.some(({ type }) => type === 'start')) return undefined;
  const told = heard.told.filter(({ type }) => type === 'seam');
  const at = Number(told[0]?.['text_offset']);
  return told.length === 1 && goesOnAt(text, TEXT, at, theWord) ? undefined : `${JSON.stringify(told)}: "${text}"`;
}
