import type { TimingPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import type { EspeakDocument } from './document.js';
import type { EngineEvent } from './engine-job.js';

interface OpenWord {
  readonly startMs: number;
  readonly start: number;
  /** Where the engine's own count ends, which is short of `don't` and beyond `12.50`. */
  reach: number;
  /** When its sound ended, if a pause followed it. */
  quietAtMs: number | undefined;
  readonly phonemes: { readonly atMs: number; readonly name: string }[];
  readonly marks: TimingPart[];
}

type Request = Pick<SpeechRequest, 'text' | 'markup' | 'timings'>;

/**
 * The engine's events as timings of the request's own text. A word is complete when the next one begins, so each is
 * told one word later; marks keep their place between the words.
 */
export class TimingReader {
  private word: OpenWord | undefined;
  private sentence: { readonly startMs: number; readonly start: number } | undefined;
  private clause = { endMs: 0, end: 0 };
  private lastWordEnd = 0;
  private markSearchAt = 0;

  constructor(
    private readonly request: Request,
    private readonly document: EspeakDocument,
  ) {}

  read(events: readonly EngineEvent[]): TimingPart[] {
    return events.flatMap((event) => this.readOne(event));
  }

  /** What is still open when the audio is `audioMs` long. */
  end(audioMs: number): TimingPart[] {
    return [...this.closeWord(undefined, this.clause.endMs || audioMs), ...this.closeSentence()];
  }

  private readOne(event: EngineEvent): TimingPart[] {
    switch (event.type) {
      case 'mark':
        return this.onMark(event);
      case 'word':
        return this.onWord(event);
      case 'phoneme':
        this.onPhoneme(event);
        return [];
      case 'end':
        this.clause = { endMs: event.atMs, end: this.document.offsetOf(event.position + 1) };
        return [];
      case 'sentence': {
        const start = this.document.offsetOf(event.position);
        const parts = [...this.closeWord(start, event.atMs), ...this.closeSentence()];
        this.sentence = { startMs: event.atMs, start };
        return parts;
      }
    }
  }

  private onWord(event: EngineEvent): TimingPart[] {
    const start = this.document.offsetOf(event.position);
    const reach = this.document.offsetOf(event.position + event.length);
    // A number or an expanded character is spoken as several words of one place, or of the space behind it.
    if (this.word && (start < this.word.reach || /^\s/.test(this.request.text.slice(start, start + 1)))) {
      this.word.reach = Math.min(Math.max(this.word.reach, reach), this.tokenEnd(this.word.start));
      this.word.quietAtMs = undefined;
      return [];
    }
    const parts = this.closeWord(start, event.atMs);
    this.word = { startMs: event.atMs, start, reach, quietAtMs: undefined, phonemes: [], marks: [] };
    return parts;
  }

  private onPhoneme({ atMs, name }: EngineEvent): void {
    if (!this.word) return;
    this.word.phonemes.push({ atMs, name });
    this.word.quietAtMs = name === '' ? (this.word.quietAtMs ?? atMs) : undefined;
  }

  private onMark(event: EngineEvent): TimingPart[] {
    const at = this.markOffset(event);
    const part = this.part('mark', event.name, event.atMs, event.atMs, at, at);
    if (!this.word) return [part];
    this.word.marks.push(part);
    return [];
  }

  private closeWord(nextStart: number | undefined, nextMs: number): TimingPart[] {
    const word = this.word;
    if (!word) return [];
    this.word = undefined;
    const end = this.wordEnd(word, nextStart);
    this.lastWordEnd = end;
    const endMs = Math.max(word.startMs, word.quietAtMs ?? nextMs);
    const parts = [this.part('word', this.request.text.slice(word.start, end), word.startMs, endMs, word.start, end)];
    if (this.request.timings === 'phoneme') parts.push(...this.phonemes(word, end, endMs));
    return [...parts, ...word.marks];
  }

  private phonemes(word: OpenWord, end: number, endMs: number): TimingPart[] {
    return word.phonemes.flatMap(({ atMs, name }, index) => {
      if (name === '') return [];
      const untilMs = word.phonemes[index + 1]?.atMs ?? endMs;
      return [this.part('phoneme', name, atMs, Math.max(atMs, untilMs), word.start, end)];
    });
  }

  private closeSentence(): TimingPart[] {
    const sentence = this.sentence;
    if (!sentence) return [];
    this.sentence = undefined;
    const tagAt = this.request.markup === 'ssml' ? this.request.text.indexOf('<', this.lastWordEnd) : -1;
    const limit = tagAt < 0 ? this.clause.end : Math.min(this.clause.end, tagAt);
    const value = this.request.text.slice(sentence.start, Math.max(limit, this.lastWordEnd)).trimEnd();
    const end = sentence.start + value.length;
    return [this.part('sentence', value, sentence.startMs, this.clause.endMs, sentence.start, end)];
  }

  /** To the next word or the end of its token, without the punctuation after it. */
  private wordEnd({ start, reach }: OpenWord, nextStart: number | undefined): number {
    const tokenEnd = this.tokenEnd(start);
    const limit = nextStart !== undefined && nextStart > start ? Math.min(nextStart, tokenEnd) : tokenEnd;
    const word = this.request.text.slice(start, limit).replace(/[\p{P}\s]+$/u, '');
    if (word === '') return Math.max(start, Math.min(reach, tokenEnd));
    const isEntity = this.request.markup === 'ssml' && /&#?\w+$/.test(word);
    return start + word.length + (isEntity ? 1 : 0);
  }

  private tokenEnd(start: number): number {
    const stop = this.request.markup === 'ssml' ? /[\s<]/g : /\s/g;
    stop.lastIndex = start;
    return stop.exec(this.request.text)?.index ?? this.request.text.length;
  }

  // The engine's own position of a mark at the end of a document is wrong; the tag is in the text.
  private markOffset(event: EngineEvent): number {
    const name = event.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const tag = new RegExp(`<mark\\s[^>]*name\\s*=\\s*["']${name}["']`, 'g');
    tag.lastIndex = this.markSearchAt;
    const found = tag.exec(this.request.text);
    if (!found) return this.document.offsetOf(event.position);
    this.markSearchAt = tag.lastIndex;
    return found.index;
  }

  private part(
    kind: TimingPart['kind'],
    value: string,
    startMs: number,
    endMs: number,
    textStart: number,
    textEnd: number,
  ): TimingPart {
    return { type: 'timing', kind, value, startMs, endMs, textStart, textEnd, source: 'native' };
  }
}
