/** What holds for each of these sections when the file leaves it out, or when there is no file. */
export const DEFAULT_PROVIDERS = {
  espeak: { type: 'espeak', enabled: true },
  tone: { type: 'tone', enabled: true },
};

export const DEFAULT_ROUTES = { default: { targets: [{ voice: 'espeak/en-us' }] } };

export const DEFAULT_OPENAI_MODELS = { 'tts-1': 'default', 'tts-1-hd': 'default', 'gpt-4o-mini-tts': 'default' };

/** The voice names OpenAI documents, each as an embedded voice of its own. */
export const DEFAULT_OPENAI_VOICES: Readonly<Record<string, string>> = {
  alloy: 'espeak/en-us',
  ash: 'espeak/en-us+m3',
  ballad: 'espeak/en-gb+m2',
  coral: 'espeak/en-us+f2',
  echo: 'espeak/en-us+m1',
  fable: 'espeak/en-gb',
  onyx: 'espeak/en-us+m7',
  nova: 'espeak/en-us+f3',
  sage: 'espeak/en-us+f4',
  shimmer: 'espeak/en-us+f5',
  verse: 'espeak/en-us+m5',
  marin: 'espeak/en-gb+f2',
  cedar: 'espeak/en-gb+m4',
};
