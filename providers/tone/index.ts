import { defineProvider } from '../../src/core/provider.js';
import { manifest } from './manifest.js';
import { options, type ToneOptions } from './options.js';
import { ToneProvider } from './provider.js';

export default defineProvider<ToneOptions>({
  manifest,
  options,
  create: (given, { id }) => Promise.resolve(new ToneProvider(given, id)),
});
