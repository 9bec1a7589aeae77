import { createRequire } from 'node:module';
import type { AudioEncoding } from '../core/audio-format.js';
import { SpeechError } from '../core/speech-error.js';

/** `auto`: native where node-av is installed, else permissive. */
export type EngineChoice = 'auto' | 'native' | 'permissive';

const INSTALL =
  'the optional package node-av, which is not in use here: install it (npm install node-av) and set the audio engine to auto or native';

/** Whether node-av and its binary for this machine are installed. Looks for files only; loads nothing. */
export function nativeInstalled(): boolean {
  const require = createRequire(import.meta.url);
  const suffix = process.platform === 'win32' ? '-msvc' : '';
  try {
    require.resolve('node-av/lib');
    createRequire(require.resolve('node-av/lib')).resolve(
      `@seydx/node-av-${process.platform}-${process.arch}${suffix}/node-av.node`,
    );
    return true;
  } catch {
    // Not installed is an answer, not a failure.
    return false;
  }
}

/** Why the engine cannot make `encoding`; undefined when it can. */
export function unsupportedReason(encoding: AudioEncoding, engine: 'native' | 'permissive'): string | undefined {
  return encoding === 'aac' && engine === 'permissive' ? `target_format: aac needs ${INSTALL}.` : undefined;
}

export function aacUnsupported(side: 'source' | 'target'): SpeechError {
  return side === 'target'
    ? new SpeechError('unsupported', `target_format: aac needs ${INSTALL}.`, { param: 'target_format' })
    : new SpeechError('unsupported', `The provider sends AAC, and reading it needs ${INSTALL}.`);
}
