import { getEventListeners } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audioOf, audioPart, collect, completePart, startPart, streamOf } from '../../test/support/speech-parts.js';
import { SpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import { DiskAudioSpool } from './disk-audio-spool.js';
import { KeptSpeech } from './kept-speech.js';

const CHUNKS = Array.from({ length: 20 }, (_, seq) => audioPart(seq, Buffer.alloc(1000, seq)));
const CLIP = Buffer.concat(CHUNKS.map(({ data }) => data));
const never = new AbortController().signal;

let dir: string;
let spool: DiskAudioSpool;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kept-speech-test-'));
  spool = await DiskAudioSpool.open({ dir, maxBytes: 100_000 });
});
afterEach(async () => {
  await spool.close();
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
});

async function keep(maxUnreadBytes = 4000): Promise<KeptSpeech> {
  return new KeptSpeech(await spool.create(`s${Math.random()}`), { maxUnreadBytes });
}

const clip = (): SpeechStream => streamOf([startPart(), ...CHUNKS, completePart({ lastSeq: 19 })]);

async function readSome(speech: KeptSpeech, parts: number, after = -1): Promise<SpeechPart[]> {
  const seen: SpeechPart[] = [];
  for await (const part of speech.read(after, never)) {
    seen.push(part);
    if (seen.length === parts) break;
  }
  return seen;
}

describe('KeptSpeech', () => {
  it('follows a speech live and gives it again from the disk afterwards', async () => {
    const speech = await keep();
    const running = speech.run(clip());
    const live = await collect(speech.read(-1, never));
    await running;
    const again = await collect(speech.read(-1, never));
    expect(audioOf(live).equals(CLIP)).toBe(true);
    expect(again).toEqual(live);
    expect(live[0]?.type).toBe('start');
    expect(live.at(-1)?.type).toBe('complete');
  });

  it('joins to the exact bytes when its reader leaves after any chunk and comes back', async () => {
    for (const cut of CHUNKS.keys()) {
      const speech = await keep();
      const running = speech.run(clip());
      const first = await readSome(speech, cut + 2);
      const rest = await collect(speech.read(cut, never));
      await running;
      expect(Buffer.concat([audioOf(first), audioOf(rest)]).equals(CLIP)).toBe(true);
    }
  });

  it('makes the speech wait for a reader who is slow, and not for one who is not there', async () => {
    let made = 0;
    async function* counted(): SpeechStream & AsyncGenerator<SpeechPart> {
      for await (const part of clip()) {
        made += 1;
        yield part;
      }
    }
    const speech = await keep(4000);
    const reader = speech.read(-1, never)[Symbol.asyncIterator]();
    const running = speech.run(counted());
    await reader.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).toBeLessThanOrEqual(7);
    await reader.return?.();
    await running;
    expect(made).toBe(22);
    expect(audioOf(await collect(speech.read(-1, never))).equals(CLIP)).toBe(true);
  });

  it('refuses a second reader, and takes one again when the first has left', async () => {
    const speech = await keep();
    const running = speech.run(clip());
    const reader = speech.read(-1, never)[Symbol.asyncIterator]();
    await reader.next();
    expect(() => speech.read(-1, never)).toThrow(expect.objectContaining({ code: 'conflict' }));
    await reader.return?.();
    await running;
    expect((await collect(speech.read(18, never))).map(({ type }) => type)).toEqual(['audio', 'complete']);
  });

  it('frees the place of a reader that is cut off while it waits for the next part', async () => {
    const speech = await keep();
    void speech.run(streamOf([startPart(), CHUNKS[0]!, 'stall']));
    const client = new AbortController();
    const reader = speech.read(-1, client.signal)[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const parked = reader.next();
    client.abort();
    await expect(parked).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readSome(speech, 2)).map(({ type }) => type)).toEqual(['start', 'audio']);
  });

  it('keeps no place for a reader that had gone before it began, and nothing on the signal of one that was there', async () => {
    const speech = await keep();
    void speech.run(clip());
    const client = new AbortController();
    expect(() => speech.read(-1, AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'cancelled' }));
    await collect(speech.read(-1, client.signal));
    expect(getEventListeners(client.signal, 'abort')).toEqual([]);
  });

  it('gives the reader of a cancelled speech no more of what had been made', async () => {
    const speech = await keep();
    const cut = new SpeechError('cancelled', 'cut');
    await speech.run(streamOf([startPart(), ...CHUNKS.slice(0, 3), cut]));
    await expect(readSome(speech, 9)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('gives the reader what was made before a failure, then the failure', async () => {
    const speech = await keep();
    void speech.run(streamOf([startPart(), CHUNKS[0]!, new SpeechError('upstream_failed', 'cut')]));
    const seen: SpeechPart[] = [];
    await expect(async () => {
      for await (const part of speech.read(-1, never)) seen.push(part);
    }).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(seen).toHaveLength(2);
  });

  it('says so when a returning reader names a part that was never made', async () => {
    const speech = await keep();
    await speech.run(clip());
    const refused = { code: 'invalid_request', param: 'after_seq' };
    expect(() => speech.read(99, never)).toThrow(expect.objectContaining(refused));
    expect(await readSome(speech, 1)).toHaveLength(1);
  });
});

describe('DiskAudioSpool', () => {
  it('makes room by dropping the oldest sealed clip, and refuses when every clip is being written', async () => {
    const first = await spool.create('first');
    await first.append(Buffer.alloc(60_000));
    const second = await spool.create('second');
    await expect(second.append(Buffer.alloc(60_000))).rejects.toMatchObject({ code: 'unavailable' });
    first.seal();
    await second.append(Buffer.alloc(60_000));
    expect(spool.get('first')).toBeUndefined();
  });
});
