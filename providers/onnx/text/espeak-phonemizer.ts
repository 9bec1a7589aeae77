import type { EspeakModule, EspeakWorker } from '@echogarden/espeak-ng-emscripten';
import { SpeechError } from '../../../src/core/speech-error.js';
import { likelyClauseEnds, markOf, type Clause, type ClauseEnd } from './clause.js';

/** What the package has beside what its declaration names. */
type PhonemeWorker = EspeakWorker & { convert_to_phonemes(text: string, ipa: boolean): { readonly ptr: number } };

/** Names that configs use and this build of espeak does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  'pt-pt': 'pt',
  no: 'nb',
  zh: 'cmn',
  'zh-cn': 'cmn',
};
/** espeak reads numbers and names of letters aloud; nothing sensible needs more phonemes for each character. */
const MOST_BYTES = 1024 * 1024;
const FAST_WORDS_A_MINUTE = 450;

/** espeak-ng as a source of phonemes. Synchronous, one call at a time. */
export class EspeakPhonemizer {
  private readonly worker: PhonemeWorker;
  /** Identifiers by every name that a voice goes by. */
  private readonly known = new Map<string, string>();
  private readonly words = new Map<string, string>();
  private voice = '';

  private constructor(private readonly module: EspeakModule) {
    this.worker = new module.eSpeakNGWorker() as PhonemeWorker;
    this.worker.set_rate(FAST_WORDS_A_MINUTE);
    const names = this.worker
      .list_voices()
      .flatMap(({ identifier, languages }) => [
        { name: identifier, identifier, priority: 0 },
        ...languages.map(({ name, priority }) => ({ name, identifier, priority })),
      ]);
    for (const { name, identifier } of names.sort((x, y) => y.priority - x.priority)) {
      this.known.set(name.toLowerCase(), identifier);
    }
  }

  /** Throws when the optional package is not installed. */
  static async load(): Promise<EspeakPhonemizer> {
    const { default: createModule } = await import('@echogarden/espeak-ng-emscripten');
    return new EspeakPhonemizer(await createModule());
  }

  /** Names an unknown voice; `set_voice` does not fail reliably, and would go on in the last language. */
  select(voice: string): void {
    const wanted = voice.toLowerCase();
    const name = this.known.get(wanted) ?? this.known.get(ALIASES[wanted] ?? '') ?? this.wider(wanted);
    if (name === undefined) {
      throw new SpeechError('unsupported', `espeak-ng has no voice "${voice}", which this voice is trained with.`);
    }
    if (name === this.voice) return;
    this.voice = '';
    if (this.worker.set_voice(name) !== 0)
      throw new SpeechError('unsupported', `espeak-ng cannot load its voice "${name}".`);
    this.words.clear();
    this.voice = name;
  }

  /** The clauses of a text, in the selected voice. */
  clauses(text: string): Clause[] {
    const phonemes = this.phonemes(text)
      .split(' | ')
      .map((clause) => clause.trim())
      .filter((clause) => clause !== '');
    if (phonemes.length === 0) return [];
    const likely = likelyClauseEnds(text);
    const ends = likely.length === phonemes.length ? likely : this.clauseEnds(text, phonemes.length);
    return phonemes.map((clause, index) => {
      const end = ends[index] ?? { end: text.length, mark: '', endsSentence: index === phonemes.length - 1 };
      return { phonemes: clause, ...end, start: ends[index - 1]?.end ?? 0 };
    });
  }

  /** A word by itself, without separators; remembered. */
  word(text: string): string {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    if (this.words.size > 5000) this.words.clear();
    const found = this.phonemes(text).replace(/[_ |]/g, '');
    this.words.set(text, found);
    return found;
  }

  private wider(voice: string): string | undefined {
    const [language = ''] = voice.split(/[-_]/);
    return this.known.get(language) ?? this.known.get(ALIASES[language] ?? '');
  }

  /** Without the flags that mark a change of language, `(en)`. */
  private phonemes(text: string): string {
    const { ptr } = this.worker.convert_to_phonemes(escaped(text), true);
    const heap = this.module.HEAPU8;
    const end = heap.indexOf(0, ptr);
    if (end < 0 || end - ptr > MOST_BYTES) throw new Error('espeak gave no end of its phonemes');
    return Buffer.from(heap.subarray(ptr, end))
      .toString('utf8')
      .replace(/\([^)\s]*\)/g, '');
  }

  /** Speaks the text and listens where clauses end: exact, and twenty times as dear as the phonemes. */
  private clauseEnds(text: string, count: number): ClauseEnd[] {
    const plain = text.replace(/[<&]/g, ' ');
    const points = Array.from(plain);
    const offsets = offsetsOf(points);
    const ends: { position: number; endsSentence: boolean }[] = [];
    let previous = '';
    this.worker.synthesize(plain, (_pcm, events) => {
      for (const { type, text_position: position } of events) {
        const last = ends.at(-1);
        if (type === 'sentence' && previous === 'end' && last) last.endsSentence = true;
        if (type === 'end') ends.push({ position, endsSentence: false });
        if (type !== 'samplerate' && type !== 'phoneme') previous = type;
      }
      return false;
    });
    return ends.slice(0, count).map(({ position, endsSentence }, index) => {
      const isLast = index === ends.length - 1;
      const at = isLast ? points.length - 1 : position - 2;
      return {
        end: offsets[Math.min(points.length, at + 1)] ?? text.length,
        mark: markBefore(points, at),
        endsSentence: endsSentence || isLast,
      };
    });
  }
}

/** The mark at or before a position, looking past closing quotes, brackets and space. */
function markBefore(points: readonly string[], at: number): string {
  for (let i = Math.min(at, points.length - 1); i >= 0 && i > at - 4; i -= 1) {
    const character = points[i] ?? '';
    if (character === '.' && points[i - 1] === '.') return '';
    if (markOf(character) !== '') return markOf(character);
    if (!/[\s"'\u201d\u2019\u00bb)\]]/.test(character)) return '';
  }
  return '';
}

function offsetsOf(points: readonly string[]): number[] {
  const offsets = [0];
  for (const point of points) offsets.push((offsets.at(-1) ?? 0) + point.length);
  return offsets;
}

// A `<` before a letter would begin a tag, `[[` phonemes; half surrogates cannot be written in UTF-8.
function escaped(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, ' ')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ')
    .replaceAll('<', '< ')
    .replaceAll('[[', '[ [');
}
