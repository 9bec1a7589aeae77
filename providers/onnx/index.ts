import { createRequire } from 'node:module';
import { defineProvider } from '../../src/core/provider.js';
import { manifest } from './manifest.js';
import { options, type OnnxOptions } from './options.js';
import { OnnxProvider } from './provider.js';

const ENGINE = 'onnxruntime-node';

export default defineProvider<OnnxOptions>({
  manifest,
  options,
  unavailable() {
    try {
      createRequire(import.meta.url).resolve(ENGINE);
      return undefined;
    } catch {
      return `the optional package ${ENGINE} is not installed; "npm install" adds it unless --omit=optional is given`;
    }
  },
  create: (given, context) => Promise.resolve(new OnnxProvider(given, context)),
});
