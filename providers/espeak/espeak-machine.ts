import type { EspeakEvent, EspeakModule, EspeakWorker } from '@echogarden/espeak-ng-emscripten';
import { SpeechError } from '../../src/core/speech-error.js';
import type { EngineCatalogue, EngineVariant } from './engine-job.js';
import { MemoryImage } from './memory-image.js';

/** One run of the engine. `voice` is its identifier, `gmw/en-US` or `gmw/en-US+f3`; `text` is SSML. */
export interface Utterance {
  readonly voice: string;
  readonly text: string;
  readonly rate: number;
  readonly pitch: number;
  readonly range: number;
  readonly volume: number;
}

const VARIANTS_FOLDER = '/usr/share/espeak-ng-data/voices/!v/';
const TEXT_BYTES = 256 * 1024;
/** Voices kept loaded, 1 to 10 MB each. */
const PREPARED_VOICES = 4;

/** espeak-ng compiled to WASM. Synchronous, one utterance at a time; each starts from the same state of memory. */
export class EspeakMachine {
  private readonly worker: EspeakWorker;
  private readonly images: MemoryImage;
  private readonly textAddress: number;
  private readonly base: Uint8Array;
  private readonly prepared = new Map<string, Uint8Array>();

  private constructor(private readonly module: EspeakModule) {
    this.worker = new module.eSpeakNGWorker();
    this.images = new MemoryImage(() => module.HEAPU8);
    // The bindings keep the address of their string buffer outside the heap: it has to exist, and text must never
    // outgrow it, before the first image is taken. Hence this call, and a text buffer of our own.
    this.worker.set_voice('en-us');
    this.textAddress = module['_malloc'](TEXT_BYTES);
    this.base = this.images.take();
  }

  static async load(): Promise<EspeakMachine> {
    const { default: createModule } = await import('@echogarden/espeak-ng-emscripten');
    return new EspeakMachine(await createModule());
  }

  catalogue(): EngineCatalogue {
    const voices = this.worker.list_voices().map((voice, index) => {
      const gender = this.worker.get_voices(index).get_gender();
      return { ...voice, gender: gender === 2 ? ('female' as const) : ('male' as const) };
    });
    return { voices, variants: this.variants() };
  }

  /**
   * Calls `onFrame` for each 100 ms of mono 22,050 Hz samples with the events that fall into it, until it returns true.
   * Throws `not_found` for a voice the engine does not have and `too_large` for a text of more than 256 KiB.
   */
  speak(utterance: Utterance, onFrame: (pcm: Int16Array, events: EspeakEvent[]) => boolean): void {
    this.prepare(utterance.voice);
    this.worker.set_rate(utterance.rate);
    this.worker.set_pitch(utterance.pitch);
    this.worker.set_range(utterance.range);
    this.worker.set_volume(utterance.volume);
    this.writeText(utterance.text);
    this.worker.synthesize({ ptr: this.textAddress }, onFrame);
  }

  private prepare(voice: string): void {
    const image = this.prepared.get(voice);
    if (image) {
      this.prepared.delete(voice);
      this.prepared.set(voice, image);
      this.images.restore(image);
      return;
    }
    this.images.restore(this.base);
    if (this.worker.set_voice(voice) !== 0) {
      throw new SpeechError('not_found', 'The engine does not have this voice.', { param: 'voice' });
    }
    this.prepared.set(voice, this.images.take());
    const [oldest] = this.prepared.keys();
    if (this.prepared.size > PREPARED_VOICES && oldest !== undefined) this.prepared.delete(oldest);
  }

  private writeText(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length >= TEXT_BYTES) throw new SpeechError('too_large', 'The text is too long for one utterance.');
    this.module.HEAPU8.set(bytes, this.textAddress);
    this.module.HEAPU8[this.textAddress + bytes.length] = 0;
  }

  private variants(): EngineVariant[] {
    const { FS } = this.module;
    const ids = FS.readdir(VARIANTS_FOLDER).filter((file) => !file.startsWith('.'));
    return ids.map((id) => {
      const file = FS.readFile(VARIANTS_FOLDER + id, { encoding: 'utf8' });
      const name = /^name\s+(\S.*?)\s*$/m.exec(file)?.[1] ?? id;
      const gender = /^gender\s+(male|female)/im.exec(file)?.[1]?.toLowerCase();
      return { id, name, ...(gender !== undefined && { gender: gender as 'male' | 'female' }) };
    });
  }
}
