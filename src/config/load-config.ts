import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { parseConfigDocument } from './config-document.js';
import { ConfigError } from './config-error.js';
import type { GatewayConfig } from './gateway-config.js';
import { isRecord } from './is-record.js';
import type { ProviderOptions } from './provider-findings.js';
import { RawConfig } from './raw-config.js';
import type { Environment } from './raw-config.js';
import { validateConfig } from './validate-config.js';

export const DEFAULT_CONFIG_PATH = 'config/gateway.yaml';

export interface LoadConfigOptions {
  /** The file; wins over `TTS_CONFIG`. */
  readonly path?: string;
  /** Default: the environment of this process. */
  readonly env?: Environment;
  /** What each provider type takes beside `type`, `enabled` and `policies`. */
  readonly providerOptions: ProviderOptions;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** Absolute path of the file, or `embedded` where there is none and the defaults hold. */
  readonly source: string;
}

/**
 * The configuration of this process: the file, the environment in it, and the defaults.
 * Without a path and `TTS_CONFIG`, a missing `config/gateway.yaml` means the embedded defaults.
 * Throws `ConfigError` with every problem, each with its path and, if it stands in the file, its line.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const env = options.env ?? process.env;
  const { text, source } = await readSource(options.path ?? nonEmpty(env['TTS_CONFIG']));
  const document = parseConfigDocument(text, source);
  const { value } = document;
  if (!isRecord(value)) {
    throw new ConfigError(
      [{ path: '', line: 1, column: 1, message: 'the file must be a mapping of sections' }],
      source,
    );
  }
  const config = validateConfig(new RawConfig({ value, locate: document.locate }, env), options.providerOptions);
  if (Array.isArray(config)) throw new ConfigError(config, source);
  return { config: deepFreeze(config), source };
}

async function readSource(named: string | undefined): Promise<{ text: string; source: string }> {
  const source = resolve(named ?? DEFAULT_CONFIG_PATH);
  try {
    return { text: await readFile(source, 'utf8'), source };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && named === undefined) return { text: '', source: 'embedded' };
    const why = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code ?? String(error)})`;
    throw new ConfigError([{ path: '', message: why }], source);
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
