import { defineProvider } from '../../src/core/provider.js';
import { manifest } from './manifest.js';
import { options, type TemplateOptions } from './options.js';
import { TemplateProvider } from './provider.js';

export default defineProvider<TemplateOptions>({
  manifest,
  options,
  create: (given, context) => Promise.resolve(new TemplateProvider(given, context)),
});
