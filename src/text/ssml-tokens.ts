/** A piece of an SSML document by its place in it; the pieces follow one another without a gap. */
export interface SsmlToken {
  readonly kind: 'open' | 'close' | 'empty' | 'text' | 'cdata' | 'other';
  /** Of the element; empty for text, comments and the declaration. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<cdata><!\[CDATA\[[^]*?\]\]>)|(?<other><!--[^]*?-->|<\?[^]*?\?>)|<(?<slash>\/?)(?<name>[^\s/>]+)(?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+/g;
const ENTITY = /&(?:#x(?<hex>[\da-f]+)|#(?<decimal>\d+)|(?<name>\w+));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The tokens of a document that `checkSsml` has accepted. */
export function ssmlTokens(ssml: string): SsmlToken[] {
  return [...ssml.matchAll(TOKEN)].map(({ index: start, 0: raw, groups }) => {
    const { cdata, other, slash, name } = groups ?? {};
    const end = start + raw.length;
    if (name !== undefined) {
      const kind = slash === '/' ? 'close' : raw.endsWith('/>') ? 'empty' : 'open';
      return { kind, name, start, end };
    }
    return { kind: cdata === undefined ? (other === undefined ? 'text' : 'other') : 'cdata', name: '', start, end };
  });
}

/** An attribute of a tag as it is written in the document, decoded; undefined where it has none. */
export function attributeOf(tag: string, attribute: string): string | undefined {
  for (const { groups } of tag.matchAll(/\s(?<name>[^\s=/]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g)) {
    if (groups?.['name'] === attribute) return decodeEntities(groups['double'] ?? groups['single'] ?? '');
  }
  return undefined;
}

export function decodeEntities(text: string): string {
  return [...entityPieces(text)].map(({ decoded }) => decoded).join('');
}

/** Text piece by piece: what an entity stands for, or one UTF-16 unit; with its place in `text`. */
export function* entityPieces(text: string): Generator<{ decoded: string; start: number; end: number }> {
  let at = 0;
  for (const match of text.matchAll(ENTITY)) {
    for (; at < match.index; at += 1) yield { decoded: text[at] ?? '', start: at, end: at + 1 };
    at = match.index + match[0].length;
    yield { decoded: decodeEntity(match), start: match.index, end: at };
  }
  for (; at < text.length; at += 1) yield { decoded: text[at] ?? '', start: at, end: at + 1 };
}

function decodeEntity({ groups }: RegExpExecArray): string {
  const { hex, decimal, name } = groups ?? {};
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  return decimal === undefined ? (NAMED[name ?? ''] ?? '') : String.fromCodePoint(Number(decimal));
}
