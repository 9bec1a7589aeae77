import type { Provider, ProviderDefinition } from '../../src/core/provider.js';
import type { SpeechHandler } from '../../src/core/speech-handler.js';
import type { SpeechPart, SpeechStream } from '../../src/core/speech-part.js';

/** What one provider call really did: when each of its chunks was made, and when it let go. Times: `performance.now()`. */
export interface WatchedCall {
  readonly sessionId: string;
  readonly provider: string;
  readonly text: string;
  /** `bytes` counts up to and including the chunk. */
  readonly made: { readonly atMs: number; readonly bytes: number }[];
  readonly startedAtMs: number;
  stoppedAtMs: number | undefined;
}

/** Provider-side evidence for what doors promise: looks on, changes nothing. */
export class ProviderWatch {
  readonly calls: WatchedCall[] = [];
  private listeners: (() => void)[] = [];

  /** The same provider type, looked at. */
  watch(definition: ProviderDefinition): ProviderDefinition {
    return {
      ...definition,
      create: async (options, context) => this.watchProvider(await definition.create(options, context)),
    };
  }

  private watchProvider(provider: Provider): Provider {
    return {
      id: provider.id,
      manifest: provider.manifest,
      voices: (signal) => provider.voices(signal),
      speak: this.watchSpeak(provider),
      health: () => provider.health(),
      close: () => provider.close(),
    };
  }

  private watchSpeak(provider: Provider): SpeechHandler {
    return (request, call) => {
      const watched: WatchedCall = {
        sessionId: call.sessionId,
        provider: provider.id,
        text: request.text,
        made: [],
        startedAtMs: performance.now(),
        stoppedAtMs: undefined,
      };
      this.calls.push(watched);
      return this.follow(provider.speak(request, call), watched);
    };
  }

  private async *follow(source: SpeechStream, watched: WatchedCall): AsyncGenerator<SpeechPart, void, undefined> {
    try {
      for await (const part of source) {
        if (part.type === 'audio') {
          const bytes = (watched.made.at(-1)?.bytes ?? 0) + part.data.length;
          watched.made.push({ atMs: performance.now(), bytes });
          this.tell();
        }
        yield part;
      }
    } finally {
      watched.stoppedAtMs = performance.now();
      this.tell();
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  of(sessionId: string): WatchedCall[] {
    return this.calls.filter((call) => call.sessionId === sessionId);
  }

  /** Bytes that were made for a session, over all its segments. */
  bytesMade(sessionId: string): number {
    return this.of(sessionId).reduce((sum, { made }) => sum + (made.at(-1)?.bytes ?? 0), 0);
  }

  /** Resolves when the speech has begun and no call of it is under way, with the time at which the last one let go. */
  async stopped(sessionId: string): Promise<number> {
    await this.until(() => {
      const calls = this.of(sessionId);
      return calls.length > 0 && calls.every(({ stoppedAtMs }) => stoppedAtMs !== undefined);
    });
    return Math.max(...this.of(sessionId).map(({ stoppedAtMs }) => stoppedAtMs ?? 0));
  }

  /** Resolves when `holds` does; asked again whenever a provider makes a chunk or lets go. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const ask = (): void => {
        if (!holds()) return;
        this.listeners = this.listeners.filter((listener) => listener !== ask);
        resolve();
      };
      this.listeners = [...this.listeners, ask];
      ask();
    });
  }
}
