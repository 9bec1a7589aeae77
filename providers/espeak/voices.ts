import type { Voice } from '../../src/core/voice.js';
import type { EngineCatalogue, EngineVariant, EngineVoice } from './engine-job.js';
import { languagesOf } from './languages.js';
import { manifest, SAMPLE_RATE_HZ } from './manifest.js';

/** A voice as it was asked for. `engineVoice` is what the engine calls it, `gmw/en-US+f3`. */
export interface FoundVoice {
  readonly engineVoice: string;
  readonly languages: readonly string[];
}

/** The engine's voices under the ids that clients use: `en-us`, or `en-us+f3` with one of the engine's variants. */
export class EspeakVoices {
  readonly list: readonly Voice[];
  private readonly byId = new Map<string, EngineVoice>();
  private readonly byAlias = new Map<string, { voice: EngineVoice; priority: number }>();
  private readonly variants: ReadonlyMap<string, EngineVariant>;

  /** `listedVariants` are shown for every voice; `find` knows all of the engine's. */
  constructor(catalogue: EngineCatalogue, listedVariants: readonly string[]) {
    this.variants = new Map(catalogue.variants.map((variant) => [variant.id.toLowerCase(), variant]));
    for (const voice of catalogue.voices) this.add(voice);
    const shown = listedVariants.flatMap((id) => this.variants.get(id.toLowerCase()) ?? []);
    this.list = [...this.byId].flatMap(([id, voice]) => [
      describe(id, voice),
      ...shown.map((variant) => describe(id, voice, variant)),
    ]);
  }

  /** By id, by any language code of the engine (`en`, `fr`) or by its file name; case does not matter. */
  find(id: string): FoundVoice | undefined {
    const [base, variantId] = splitOnce(id.toLowerCase());
    const voice = this.byId.get(base) ?? this.byAlias.get(base)?.voice;
    if (!voice) return undefined;
    const languages = languagesOf(voice);
    if (variantId === undefined) return { engineVoice: voice.identifier, languages };
    const variant = this.variants.get(variantId);
    return variant && { engineVoice: `${voice.identifier}+${variant.id}`, languages };
  }

  private add(voice: EngineVoice): void {
    const file = (voice.identifier.split('/').at(-1) ?? voice.identifier).toLowerCase();
    const code = voice.languages[0]?.name.toLowerCase() ?? file;
    this.byId.set(this.byId.has(code) ? file : code, voice);
    for (const { name, priority } of [...voice.languages, { name: file, priority: 100 }]) {
      const alias = name.toLowerCase();
      const known = this.byAlias.get(alias);
      if (!known || priority < known.priority) this.byAlias.set(alias, { voice, priority });
    }
  }
}

function describe(id: string, voice: EngineVoice, variant?: EngineVariant): Voice {
  const name = voice.name.trim();
  // A variant that does not say is left open: it may be a robot.
  const gender = variant ? variant.gender : voice.gender;
  return {
    id: variant ? `${id}+${variant.id}` : id,
    name: variant ? `${name}, ${variant.name}` : name,
    languages: languagesOf(voice),
    ...(gender !== undefined && { gender }),
    nativeFormat: 'pcm16',
    sampleRateHz: SAMPLE_RATE_HZ,
    streaming: true,
    textStreaming: manifest.textStreaming,
    timings: manifest.timings,
    ssml: manifest.ssml,
    available: true,
  };
}

function splitOnce(id: string): [base: string, variant?: string] {
  const plus = id.indexOf('+');
  return plus < 0 ? [id] : [id.slice(0, plus), id.slice(plus + 1)];
}
