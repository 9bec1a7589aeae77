import { createRequire } from 'node:module';
import { defineProvider } from '../../src/core/provider.js';
import { manifest } from './manifest.js';
import { options, type EspeakOptions } from './options.js';
import { EspeakProvider } from './provider.js';

const ENGINE = '@echogarden/espeak-ng-emscripten';

export default defineProvider<EspeakOptions>({
  manifest,
  options,
  unavailable() {
    try {
      createRequire(import.meta.url).resolve(ENGINE);
      return undefined;
    } catch {
      return `the optional package ${ENGINE} (GPL-3.0) is not installed; "npm install" adds it unless --omit=optional is given`;
    }
  },
  create: (given, context) => Promise.resolve(new EspeakProvider(given, context)),
});
