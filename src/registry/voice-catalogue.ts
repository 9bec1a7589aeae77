import type { Log } from '../core/call-context.js';
import type { Provider } from '../core/provider.js';
import { toSpeechError } from '../core/speech-error.js';
import type { Voice } from '../core/voice.js';

const REFRESH_MS = 300_000;
/** A provider that failed is asked again sooner. */
const RETRY_MS = 10_000;

export interface VoiceCatalogueOptions {
  readonly providers: readonly Provider[];
  readonly log: Log;
  /** A provider's answer is asked for again after this long. */
  readonly refreshMs?: number;
  /** A provider that has not answered by then is listed as stale. */
  readonly timeoutMs?: number;
}

/** A voice with its full id. */
export interface CataloguedVoice extends Voice {
  readonly fullId: string;
  readonly provider: string;
}

export interface VoiceListing {
  readonly voices: readonly CataloguedVoice[];
  /** Providers whose voices could not be asked for now; what they last said is in the list. */
  readonly stale: readonly string[];
  /** Changes whenever the listed voices change. */
  readonly version: number;
}

interface Shelf {
  readonly provider: Provider;
  voices: ReadonlyMap<string, CataloguedVoice>;
  fetchedAtMs: number;
  stale: boolean;
  refreshing: Promise<void> | undefined;
}

/** Voices of all providers, cached: one that is slow or dead never delays the list beyond `timeoutMs`. */
export class VoiceCatalogue {
  private readonly shelves: Map<string, Shelf>;
  private version = 0;

  constructor(private readonly options: VoiceCatalogueOptions) {
    this.shelves = new Map(
      options.providers.map((provider) => [
        provider.id,
        { provider, voices: new Map(), fetchedAtMs: -Infinity, stale: true, refreshing: undefined },
      ]),
    );
  }

  /** What is known of a voice now, without asking anyone; `id` is the provider's own. */
  find(provider: string, id: string): Voice | undefined {
    return this.shelves.get(provider)?.voices.get(id);
  }

  /** Every voice that is known now, without asking anyone. */
  known(): readonly CataloguedVoice[] {
    return [...this.shelves.values()].flatMap(({ voices }) => [...voices.values()]);
  }

  /** Asks the providers whose answer is missing or old, then lists everything. */
  async list(): Promise<VoiceListing> {
    const { refreshMs = REFRESH_MS } = this.options;
    const now = performance.now();
    const shelves = [...this.shelves.values()];
    const old = shelves.filter(({ fetchedAtMs }) => now - fetchedAtMs >= refreshMs);
    const refreshes = old.map((shelf) => ({ shelf, done: this.refresh(shelf) }));
    // Only a provider that has never answered is waited for; the others are refreshed behind what they last said.
    await Promise.all(refreshes.filter(({ shelf }) => shelf.voices.size === 0).map(({ done }) => done));
    return {
      voices: shelves.flatMap((shelf) => [...shelf.voices.values()]),
      stale: shelves.filter((shelf) => shelf.stale).map((shelf) => shelf.provider.id),
      version: this.version,
    };
  }

  private refresh(shelf: Shelf): Promise<void> {
    shelf.refreshing ??= this.fetch(shelf).finally(() => (shelf.refreshing = undefined));
    return shelf.refreshing;
  }

  private async fetch(shelf: Shelf): Promise<void> {
    const { id } = shelf.provider;
    try {
      const voices = await shelf.provider.voices(AbortSignal.timeout(this.options.timeoutMs ?? 2000));
      shelf.voices = new Map(
        voices.map((voice) => [voice.id, { ...voice, provider: id, fullId: `${id}/${voice.id}` }]),
      );
      shelf.stale = false;
      shelf.fetchedAtMs = performance.now();
      this.version += 1;
    } catch (error) {
      shelf.stale = true;
      shelf.fetchedAtMs = performance.now() - (this.options.refreshMs ?? REFRESH_MS) + RETRY_MS;
      this.options.log.warn({ provider: id, err: toSpeechError(error) }, 'voices could not be listed');
    }
  }
}
