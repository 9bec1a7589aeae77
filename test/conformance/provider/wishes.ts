import { describe, expect, it } from 'vitest';

import type { SpeechRequest } from '../../../src/core/speech-request.js';
import { testCall } from '../../support/speech-parts.js';
import { loudness, where, type Stage } from './provider-case.js';

const WISHES: readonly (readonly [name: string, wish: Partial<SpeechRequest>])[] = [
  ['speed', { speed: 1.5 }],
  ['pitch', { pitch: 30 }],
  ['volume', { volume: -40 }],
  ['instructions', { instructions: 'Whisper.' }],
  ['voice_description', { voiceDescription: 'An old pirate.' }],
];

export function wishStories(stage: Stage): void {
  const { manifest } = stage;
  const honoured = new Set<string>(manifest.honours);

  describe('wishes', () => {
    where(honoured.has('speed'), () => {
      it('speed: twice as fast takes about half as long, half as fast twice', async () => {
        const [plain, fast, slow] = [
          await stage.hear(),
          await stage.hear({ speed: 2 }),
          await stage.hear({ speed: 0.5 }),
        ];
        expect(fast.audioMs / plain.audioMs).toBeGreaterThan(0.35);
        expect(fast.audioMs / plain.audioMs).toBeLessThan(0.7);
        expect(slow.audioMs / plain.audioMs).toBeGreaterThan(1.5);
      });
    });

    where(honoured.has('volume') && manifest.formats.includes('pcm16'), () => {
      it('volume: less is quieter', async () => {
        const [plain, soft] = [await stage.hear(), await stage.hear({ volume: -50 })];
        expect(loudness(soft.bytes) / loudness(plain.bytes)).toBeLessThan(0.75);
      });
    });

    where(manifest.deterministic, () => {
      it('the same request gives the same bytes, from another instance too', async () => {
        const first = await stage.hear();
        expect((await stage.hear()).bytes.equals(first.bytes)).toBe(true);
        const other = await stage.subject.open();
        const chunks: Buffer[] = [];
        for await (const part of other.speak(stage.request(), testCall())) {
          if (part.type === 'audio') chunks.push(part.data);
        }
        await other.close();
        expect(Buffer.concat(chunks).equals(first.bytes)).toBe(true);
      });

      it.each(WISHES)(
        '%s changes the bytes if and only if the manifest says that it is honoured',
        async (name, wish) => {
          const [plain, wished] = [await stage.hear(), await stage.hear(wish)];
          expect(wished.bytes.equals(plain.bytes)).toBe(!honoured.has(name));
        },
      );
    });
  });
}
