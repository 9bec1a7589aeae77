import { BoundedQueue } from '../core/bounded-queue.js';
import { toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';

/** Held of the next segment while the current one is delivered: 1.4 s of 24 kHz mono PCM. */
const READ_AHEAD_BYTES = 64 * 1024;

/** Starts `source` now, before anyone pulls, and holds at most `maxBytes` of what it makes. */
export function readAhead(source: SpeechStream, maxBytes = READ_AHEAD_BYTES): SpeechStream {
  let room: (() => void) | undefined;
  const parts = source[Symbol.asyncIterator]();
  const queue = new BoundedQueue<SpeechPart>({
    maxBytes,
    onRoom: () => room?.(),
    onClose: () => {
      room?.();
      // The reader has left: there is no one left to tell how closing went.
      parts.return?.().then(undefined, () => {});
    },
  });
  const fill = async (): Promise<void> => {
    for (;;) {
      const result = await parts.next();
      if (result.done) return queue.end();
      if (!queue.push(result.value, weight(result.value)) && queue.bytes >= maxBytes) {
        await new Promise<void>((resolve) => (room = resolve));
      }
    }
  };
  fill().catch((error: unknown) => queue.fail(toSpeechError(error)));
  return queue;
}

function weight(part: SpeechPart): number {
  return part.type === 'audio' ? part.data.length + 64 : 128;
}
