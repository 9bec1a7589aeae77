import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';

/** Where one door writes the parts of one speech. */
export interface SpeechSink {
  /** Writes one part; a promise means that the client must take what it has before the next one. */
  write(part: SpeechPart): Promise<void> | undefined;
  /** Ends the wire with the failure, as loudly as the wire can. */
  fail(error: SpeechError): void;
}

/** How long a door waits for its clients. */
export interface PumpPace {
  /** A client that takes nothing for so long is ended with `client_stalled`. */
  clientStallMs(): number;
  /** Told of each client that was ended so. */
  onStall(): void;
}

/** Moves a speech to its client at the client's pace; closes the speech however it ends. Never throws. */
export async function pump(stream: SpeechStream, sink: SpeechSink, pace: PumpPace): Promise<void> {
  try {
    for await (const part of stream) {
      const taken = sink.write(part);
      if (taken) await takenInTime(taken, pace);
    }
  } catch (error) {
    sink.fail(toSpeechError(error));
  }
}

/** Waits for what a client must take. Throws `client_stalled` when it takes longer than it may. */
export function takenInTime(taken: Promise<void>, pace: PumpPace): Promise<void> {
  const limitMs = pace.clientStallMs();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      pace.onStall();
      reject(new SpeechError('client_stalled', `The client took no audio for ${limitMs} ms.`));
    }, limitMs);
    taken.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
