import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { SpeechError } from '../core/speech-error.js';

const MAX_DEPTH = 32;
const MAX_BREAK_MS = 10_000;
const ENTITIES = '&amp; &lt; &gt; &quot; &apos;';
const MAYBE_BARE = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|(?<bare>&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);))/g;
const TIME = /^\+?(?<amount>\d+|\d*\.\d+)(?<unit>ms|s)$/;

/**
 * Throws `invalid_request` with line and column when `ssml` is not one well-formed `<speak>` document, or holds what
 * is refused: a DOCTYPE (and with it every entity but the five of XML), a processing instruction, elements more than
 * 32 deep, a pause of more than 10 s. Which elements a voice understands is not looked at.
 */
export function checkSsml(ssml: string): void {
  const parser = new SaxesParser();
  const refuse = (what: string): never => {
    throw refusal(`${parser.line}:${parser.columnIndex + 1}`, what);
  };
  const half = ssml.search(/\p{Cs}/u);
  if (half >= 0) throw refusal(placeOf(ssml, half), 'half of a surrogate pair is no character.');
  let depth = 0;
  parser.on('error', ({ message }) => {
    const bare = bareAmpersand(ssml);
    // The parser reads on from one to the next semicolon and then complains of something else.
    if (bare !== undefined) throw refusal(placeOf(ssml, bare), `write & as &amp; (only ${ENTITIES} are known).`);
    refuse(`${explain(message.replace(/^\d+:\d+: /, '').replace(/\.$/, ''))}.`);
  });
  parser.on('doctype', () => refuse(`remove the DOCTYPE; only ${ENTITIES} and numbers are known.`));
  parser.on('processinginstruction', () => refuse('remove the processing instruction (<?…?>).'));
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth === 1 && tag.name !== 'speak') refuse(`the document begins with <speak>, not <${tag.name}>.`);
    if (depth > MAX_DEPTH) refuse(`elements are at most ${MAX_DEPTH} deep.`);
    const problem = tag.name === 'break' ? breakProblem(tag) : undefined;
    if (problem !== undefined) refuse(problem);
  });
  parser.on('closetag', () => (depth -= 1));
  parser.write(ssml).close();
}

function refusal(place: string, what: string): SpeechError {
  return new SpeechError('invalid_request', `ssml ${place}: ${what}`, { param: 'ssml' });
}

/** `line:column`, both from 1. */
function placeOf(ssml: string, at: number): string {
  const lines = ssml.slice(0, at).split(/\r\n|\n|\r/);
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

function bareAmpersand(ssml: string): number | undefined {
  for (const { index, groups } of ssml.matchAll(MAYBE_BARE)) if (groups?.['bare'] !== undefined) return index;
  return undefined;
}

function breakProblem({ attributes }: SaxesTagPlain): string | undefined {
  const { time } = attributes;
  if (time === undefined) return undefined;
  const { amount, unit } = TIME.exec(time.trim())?.groups ?? {};
  if (amount === undefined) return 'the time of a <break> is a number with its unit, such as 500ms or 2s.';
  const ms = Number(amount) * (unit === 's' ? 1000 : 1);
  return ms > MAX_BREAK_MS ? `a <break> is at most ${MAX_BREAK_MS / 1000}s long; use several.` : undefined;
}

/** What the parser says, with what to do about it where that is not plain. */
function explain(problem: string): string {
  if (/root element|outside of root/.test(problem)) return 'wrap the text in <speak>…</speak>';
  if (/unescaped|disallowed character/.test(problem)) return `${problem}; write < as &lt;`;
  return problem;
}
