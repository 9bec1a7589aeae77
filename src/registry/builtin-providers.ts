// Written by scripts/generate-providers.mjs from the folders of providers/; do not edit.
import espeak from '../../providers/espeak/index.js';
import onnx from '../../providers/onnx/index.js';
import openai from '../../providers/openai/index.js';
import tone from '../../providers/tone/index.js';
import type { ProviderDefinition } from '../core/provider.js';

/** Every provider type that is built in, by the name of its folder. */
export const builtinProviders: readonly ProviderDefinition[] = [espeak, onnx, openai, tone];
