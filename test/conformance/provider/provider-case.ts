import type { ProviderManifest, Provider } from '../../../src/core/provider.js';
import type { AudioPart, CompletePart, SpeechPart, StartPart, TimingPart } from '../../../src/core/speech-part.js';
import type { SpeechRequest } from '../../../src/core/speech-request.js';
import type { CallContext } from '../../../src/core/call-context.js';
import { testCall, testRequest } from '../../support/speech-parts.js';

/** One provider under test: the real one, or one behind policies, which must keep every promise of the manifest. */
export interface ProviderCase {
  readonly manifest: ProviderManifest;
  /** A new instance, ready to speak; the suite closes it. */
  open(): Promise<Provider>;
  /** Id of a voice of this provider that speaks `text`. */
  readonly voice: string;
  /** Two sentences or more; default: English. */
  readonly text?: string;
  /** What makes a request stall after its first audio; without it only the reader stalls. */
  readonly stalling?: Partial<SpeechRequest>;
  /** What makes a request send its audio no faster than it is heard, so that it can be cancelled under way. */
  readonly paced?: Partial<SpeechRequest>;
  /** Jobs, sockets or requests that are open for this provider now. */
  readonly active?: () => number;
  /** Longest time until `active` is 0 after a cancel, for an engine whose run cannot be interrupted. */
  readonly releaseMs?: number;
  /** Utterances that its engine or server has been asked for so far. */
  readonly syntheses?: () => number;
  /** Bytes of audio that its engine or server has sent so far. */
  readonly produced?: () => number;
}

export const TEXT = 'The quick brown fox jumps over the lazy dog. It was not amused by this at all.';

/** What the stories work with. */
export interface Stage {
  readonly manifest: ProviderManifest;
  readonly subject: ProviderCase;
  readonly text: string;
  provider(): Provider;
  request(more?: Partial<SpeechRequest>): SpeechRequest;
  /** Speaks to the end. */
  hear(more?: Partial<SpeechRequest>, call?: CallContext): Promise<Heard>;
}

export interface Heard {
  readonly parts: readonly SpeechPart[];
  readonly start: StartPart;
  readonly audio: readonly AudioPart[];
  readonly timings: readonly TimingPart[];
  readonly complete: CompletePart;
  readonly bytes: Buffer;
  /** Of the audio; 0 where it is compressed and its provider does not know. */
  readonly audioMs: number;
}

/** Stories about what only some manifests claim. */
export function where(claimed: boolean, tell: () => void): void {
  if (claimed) tell();
}

export function heardIn(parts: readonly SpeechPart[]): Heard {
  const [start] = parts;
  const complete = parts.at(-1);
  if (start?.type !== 'start' || complete?.type !== 'complete') {
    throw new Error(`not a whole speech: ${parts.map(({ type }) => type).join(' ')}`);
  }
  const audio = parts.filter((part) => part.type === 'audio');
  const timings = parts.filter((part) => part.type === 'timing');
  const bytes = Buffer.concat(audio.map(({ data }) => data));
  return { parts, start, audio, timings, complete, bytes, audioMs: complete.audioMs };
}

export function stageFor(subject: ProviderCase, provider: () => Provider): Stage {
  const { manifest, voice, text = TEXT } = subject;
  const request = (more: Partial<SpeechRequest> = {}): SpeechRequest =>
    testRequest({ text, voice, targetFormat: manifest.formats[0] ?? 'pcm16', ...more });
  return {
    manifest,
    subject,
    text,
    provider,
    request,
    async hear(more = {}, call = testCall()) {
      const parts: SpeechPart[] = [];
      for await (const part of provider().speak(request(more), call)) parts.push(part);
      return heardIn(parts);
    },
  };
}

/** Root mean square of 16-bit samples. */
export function loudness(pcm: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2) sum += pcm.readInt16LE(at) ** 2;
  return Math.sqrt(sum / Math.max(1, pcm.length >> 1));
}
