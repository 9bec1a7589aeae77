/**
 * The parts of `@echogarden/espeak-ng-emscripten` 0.3 that are used here; the package has no types of its own.
 * A string argument may also be `{ ptr }`, the address of a zero-terminated UTF-8 string in the module's memory.
 */
declare module '@echogarden/espeak-ng-emscripten' {
  export interface Pointer {
    readonly ptr: number;
  }

  export interface EspeakEvent {
    readonly type: string;
    /** 1-based position in the input, in code points, markup included. */
    readonly text_position: number;
    /** Code points. */
    readonly word_length: number;
    /** ms from the start of the utterance. */
    readonly audio_position: number;
    /** Counter of words and sentences, name of marks, IPA of phonemes. */
    readonly id: number | string | undefined;
  }

  export interface EspeakVoice extends Pointer {
    /** 0 unknown, 1 male, 2 female. */
    get_gender(): number;
  }

  export interface EspeakWorker {
    readonly samplerate: number;
    /** 0 when the voice was found. An unknown variant is not noticed. */
    set_voice(identifier: string): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(value: number): void;
    set_range(value: number): void;
    set_volume(value: number): void;
    get_voices(index: number): EspeakVoice;
    list_voices(): { name: string; identifier: string; languages: { priority: number; name: string }[] }[];
    /** Synchronous; the input is always read as SSML. Returning true from `onFrame` stops it. */
    synthesize(text: string | Pointer, onFrame: (pcm: Int16Array, events: EspeakEvent[]) => boolean): void;
  }

  export interface EspeakModule {
    /** Replaced when the memory grows. */
    readonly HEAPU8: Uint8Array;
    readonly FS: { readdir(path: string): string[]; readFile(path: string, options: { encoding: 'utf8' }): string };
    readonly eSpeakNGWorker: new () => EspeakWorker;
    _malloc(bytes: number): number;
  }

  export default function createModule(): Promise<EspeakModule>;
}
