import { encodeIds } from './encode-ids.js';
import type { EncodedSentence, Frontend } from './frontend.js';
import { espeakSentences } from './espeak-sentences.js';
import type { EspeakPhonemizer } from './espeak-phonemizer.js';
import { splitSentence } from './split-sentence.js';
import { textSentences } from './text-sentences.js';

/** The text of a request as runs of ids. `timed`: with the words that the phonemes belong to. */
export async function toSentences(
  frontend: Frontend,
  text: string,
  timed: boolean,
  espeak: () => Promise<EspeakPhonemizer>,
): Promise<EncodedSentence[]> {
  const { encoding, source } = frontend;
  const sentences =
    source === 'espeak' ? espeakSentences(await espeak(), frontend, text, timed) : textSentences(frontend, text);
  const room = encoding.maxIds - encoding.start.length - encoding.end.length - 2;
  const most = Math.max(1, Math.floor(encoding.filler === 'none' ? room : room / 2));
  return sentences
    .flatMap((sentence) => splitSentence(sentence, most))
    .map((sentence) => ({ ...sentence, ...encodeIds(sentence.phonemes, encoding) }))
    .filter(({ owners }) => owners.some((owner) => owner >= 0));
}
