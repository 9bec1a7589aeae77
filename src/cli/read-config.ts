import { loadConfig, type LoadedConfig } from '../config/load-config.js';
import { builtinProviders } from '../registry/builtin-providers.js';

/** The configuration of this process, with the options of every built-in provider checked. Throws `ConfigError`. */
export function readConfig(path: string | undefined): Promise<LoadedConfig> {
  const providerOptions = new Map(builtinProviders.map(({ manifest, options }) => [manifest.type, options]));
  return loadConfig({ providerOptions, ...(path === undefined ? {} : { path }) });
}
