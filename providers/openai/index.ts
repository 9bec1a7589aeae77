import { defineProvider } from '../../src/core/provider.js';
import { manifest } from './manifest.js';
import { options, type OpenAiOptions } from './options.js';
import { OpenAiProvider } from './provider.js';

export default defineProvider<OpenAiOptions>({
  manifest,
  options,
  unavailable({ api_keys, base_url }) {
    const cloud = /\.(openai|groq|azure)\.com$/.test(new URL(base_url).hostname);
    return cloud && api_keys.every((key) => key === '') ? 'no API key: set api_keys' : undefined;
  },
  create: (given, context) => Promise.resolve(new OpenAiProvider(given, context)),
});
