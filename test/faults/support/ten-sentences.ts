/** Short, so that each of their chunks can be the last. */
export const SENTENCES: readonly string[] =
  'Aba ce.Di fug.Hoj ik.Lam no.Pi qur.Sev ti.Ux yow.Zab ge.Kol mu.Ra sep.'.match(/[^.]+\./g) ?? [];
export const TEXT = SENTENCES.join(' ');
