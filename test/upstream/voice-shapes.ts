/** The shapes in which servers list their voices. `none`: 404, as at OpenAI. */
export type VoiceShape = 'none' | 'cards' | 'names' | 'list' | 'bare' | 'by-model';

export function voiceList(shape: VoiceShape, voices: readonly string[]): unknown {
  const cards = voices.map((id) => ({ id, name: id.toUpperCase() }));
  switch (shape) {
    case 'none':
      return undefined;
    case 'cards': // Kokoro-FastAPI since 0.3
      return { voices: cards };
    case 'names': // Kokoro-FastAPI before that
      return { voices };
    case 'list': // Speaches
      return {
        voices: voices.map((id) => ({ voice_id: id, name: id, language: 'fr', gender: 'female' })),
        object: 'list',
      };
    case 'bare':
      return cards;
    case 'by-model': // Together
      return {
        data: [
          { model: 'one', voices: cards.slice(0, 1) },
          { model: 'two', voices: cards.slice(1) },
        ],
      };
  }
}
