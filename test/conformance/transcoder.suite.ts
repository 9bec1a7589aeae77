import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIO_ENCODINGS } from '../../src/core/audio-format.js';
import { decodeStories } from './transcoder/decode.js';
import { encodeStories } from './transcoder/encode.js';
import { failureStories } from './transcoder/failures.js';
import { flowStories } from './transcoder/flow.js';
import { joinStories } from './transcoder/joins.js';
import { clip, hear, type Stage } from './transcoder/stage.js';

export interface TranscoderCase {
  readonly open: () => Promise<Stage>;
  /** Encodings that this engine can neither read nor write. */
  readonly lacks: readonly (typeof AUDIO_ENCODINGS)[number][];
}

/** What every engine of the transcoder must do; run on each. Needs ffmpeg and ffprobe. */
export function transcoderSuite(name: string, { open, lacks }: TranscoderCase): void {
  describe(`transcoder: ${name}`, () => {
    let opened: Stage | undefined;
    const stage = (): Stage => {
      if (opened === undefined) throw new Error('the transcoder is not open yet');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.hosts.close();
    });
    const encodings = AUDIO_ENCODINGS.filter((encoding) => !lacks.includes(encoding));
    encodeStories(stage, encodings);
    decodeStories(stage, encodings);
    joinStories(stage, encodings);
    flowStories(stage, encodings);
    failureStories(stage, encodings);
    it('says which encodings it lacks, and refuses them by name', async () => {
      for (const encoding of AUDIO_ENCODINGS) {
        expect(stage().transcoder.supports(encoding)).toBe(!lacks.includes(encoding));
        if (!lacks.includes(encoding)) continue;
        const source = clip({ encoding: 'pcm16', sampleRateHz: 8000, channels: 1 }, Buffer.alloc(1600), 160);
        const refusal = await hear(stage(), source, { encoding }).catch((error: unknown) => error);
        expect(refusal).toMatchObject({ code: 'unsupported', param: 'target_format' });
        expect(stage().transcoder.unsupportedReason(encoding)).toContain('node-av');
      }
    });
  });
}
