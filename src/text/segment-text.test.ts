import { describe, expect, it } from 'vitest';

import { segmentText } from './segment-text.js';

/** Each text with `|` where it is to be cut; a language where the text needs one. */
const SENTENCES: Readonly<Record<string, readonly (string | [language: string, text: string])[]>> = {
  'plain sentences': [
    'Hello there.| How are you?| Fine!',
    'It has no stop at the end',
    'One.  |Two.\t|Three.',
    'Really?!| Yes!!!| No?..| Hm.',
    'this is small.| and so it goes on.| done',
    'He went home.| 20 people stayed.',
  ],
  abbreviations: [
    'Dr. Smith met Mrs. Jones and Prof. Dr. Lee.| They talked.',
    'I like fruit, e.g. Apples or i.e. pears.| Yes.',
    'It is approx. five, incl. tax, vs. six.| Good.',
    'See No. 5 on p. 12, Fig. 3 and Vol. II.| Thanks.',
    'No.| I will not.',
    'He lives in the U.S.| He likes it.',
    'The U.S. Army and the U.K. Parliament agreed.',
    'She came at 5 p.m.| We left at 6 a.m. on Monday.',
    'Apple Inc. announced it.| The Acme Co.| It failed.',
    'Martin Luther King Jr. spoke.| John Smith, Ph.D.| He agreed.',
    'Milk, bread, etc.| The shop is closed.',
    'On Jan. 5 and Feb. 28 it rained.| Sun came later.',
  ],
  initials: [
    'J. R. R. Tolkien wrote it.| George W. Bush did not.',
    'So do I.| And you?',
    'J.K. Rowling did.| So it goes.',
    'Take vitamin C.| It helps.',
  ],
  'numbers, versions, times, money': [
    'Pi is 3.14159.| It costs $5.50 or 1,000.00 dollars.',
    'Install v1.2.3.| Then 10.0.0-rc.1 came.',
    'At 10.30 or 10:30.| Not 11.',
    'It was 1999.| Then came 2000.',
    'This is version 2.| Nothing else.',
  ],
  'addresses and names of files': [
    'Go to https://example.com/a.b?q=1!x&y=(2).| Then www.test.org.',
    'Mail john.doe@example.co.uk.| Or not.',
    'Open readme.md, Node.js and .NET.| Done.',
    'Run foo.bar() or this.that.| Stop.',
    'What?|Yes.| 404.',
  ],
  ellipsis: ['Wait... what?| Go on… please.', 'Well...| What now?', 'And so…| The end.', 'It is... complicated.'],
  'quotes and brackets': [
    '"Stop!" he said.| "Why?" she asked.| Nobody knew.',
    'He said: "Go home."| Then he left.',
    '(He left.)| She stayed (really?) too.',
    '“I know.”| ‘You do.’| «Sí.»| Fine.',
    '**Bold.**| _Slanted._| `Code.`| End.',
  ],
  'lists and lines': [
    '1. Apples\n|2. Pears\n|10. Plums',
    'a. First\n|b. Second\n|iv. Fourth',
    '- one\n|- two\n|* three\n|• four',
    'Title\n\n|First line.\n|Second line\r\n|Third',
    'This line is so long that an editor wrapped it here\nand went on below.| Next.',
    'This line is so long that the name was wrapped after Dr.\nSmith.| Next.',
    'A line that is long enough to be wrapped, but ended.\n|then a small one',
    'Roses are red\n|violets are blue',
    '---\nTitle\n|---\nText',
  ],
  emoji: ['Great! 🎉| Next one.', 'Good. 👍🏽👩‍👩‍👧‍👦| Bye.', 'I ❤️ it so much 🎉 yes', 'Yes!🎉| No.', 'Flags. 🇩🇪 🇫🇷| End.'],
  Chinese: [
    '你好。|今天天气很好！|是吗？|好',
    '他说：「你好。」|然后走了。',
    '“真的！？”|他问。|我……不知道。',
    '价格是3.5元。|网址是example.com。|好！',
  ],
  Japanese: ['こんにちは。|元気ですか？|はい！|「そうです。」|終わり', 'えっ！？|本当に？！|（笑）そう。'],
  Korean: ['안녕하세요.| 잘 지내요?| 네!'],
  Thai: ['สวัสดีครับ วันนี้อากาศดี'],
  'Hindi, Urdu, Arabic, Amharic, Burmese, Armenian, Greek': [
    'नमस्ते।| आप कैसे हैं?| ठीक हूँ॥| हाँ',
    'یہ ایک جملہ ہے۔| کیا حال ہے؟| ٹھیک',
    'مرحبا.| كيف حالك؟| أنا بخير!| شكرا',
    'ሰላም።| እንዴት ነህ፧| ደህና',
    'မင်္ဂလာပါ။| နေကောင်းလား။| ဟုတ်',
    'Բարեւ։| Լավ եմ։| Այո',
    ['el', 'Τι κάνεις;| Καλά;| Ναι.| Ευχαριστώ.'],
  ],
  German: [
    ['de', 'Am 3. Oktober war es.| Er kam z. B. um 15.30 Uhr.| Das ist Nr. 5.'],
    ['de', 'Der 2. Weltkrieg, am 8. 5. 1945.| Es waren 12.| Die anderen gingen.'],
    ['de', '„Komm!“, sagte er.| »Nein.«| Dr. med. Müller bzw. Hr. Maier kommen.'],
    ['de', 'Er sagte. |»Komm her!« |Gut, d.h. Ja.'],
  ],
  French: [
    ['fr', '« Bonjour ! » dit-il.| M. Dupont et Mme. Petit partent.| Ça va ?| Oui !'],
    ['fr', 'Voir p. 12.| Le art. 5 dit cela.| C’est tout…| Non.'],
  ],
  'Spanish, Portuguese, Italian': [
    ['es', '¿Qué tal?| ¡Muy bien!| El Sr. García y la Dra. Ruiz viven en el núm. 5.| Adiós.'],
    ['pt', 'O Dr. Silva chegou.| Tudo bem?| A Sra. Costa mora na pág. 3.| Fim.'],
    ['it', 'Il Sig. Rossi è qui.| Vedi pag. 5.| Ecco, ecc.| Bene.'],
  ],
  'Dutch, Polish, Russian, Turkish': [
    ['nl', 'De dhr. Jansen komt, d.w.z. morgen.| Goed.'],
    ['pl', 'To jest np. Kraków, ul. Długa.| Tak.'],
    ['ru', 'Это ул. Ленина, т.е. центр.| Хорошо.| И. И. Иванов пришёл.'],
    ['tr', '3. Murat geldi.| Nasılsın?| İyiyim.'],
  ],
};

const cases = Object.entries(SENTENCES).flatMap(([name, texts]) =>
  texts.map((entry) => {
    const [language, marked] = typeof entry === 'string' ? [undefined, entry] : entry;
    return { name, language, marked };
  }),
);

describe('segmentText', () => {
  it.each(cases)('$name: $marked', ({ language, marked }) => {
    const expected = marked.split('|').map((text) => text.trim());
    const options = { maxCharacters: 1000, ...(language === undefined ? {} : { language }) };
    expect(segmentText(marked.replaceAll('|', ''), options).map(({ text }) => text)).toEqual(expected);
  });

  it('keeps the place of every segment in the text', () => {
    const text = '  Hello there. \n\n  Dr. Smith?  ';
    const segments = segmentText(text, { maxCharacters: 100 });
    expect(segments.map(({ index, textStart, textEnd }) => [index, text.slice(textStart, textEnd)])).toEqual([
      [0, 'Hello there.'],
      [1, 'Dr. Smith?'],
    ]);
    const last = segments[1]!;
    expect(text[last.toClientOffset(4)]).toBe('S');
    expect(last.toClientOffset(-5)).toBe(last.textStart);
    expect(last.toClientOffset(99)).toBe(last.textEnd);
  });

  it('makes no segment of white space', () => {
    for (const text of ['', ' ', '\n\n', ' \u3000\t\r\n '])
      expect(segmentText(text, { maxCharacters: 10 })).toEqual([]);
  });
});
