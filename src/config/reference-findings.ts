import { didYouMean } from './closest-name.js';
import type { ConfigPath } from './config-error.js';
import { isRecord } from './is-record.js';
import type { RawConfig } from './raw-config.js';
import type { Finding } from './schema-findings.js';

/** The sections whose names point at one another, defaults filled in, of any shape the file may have given them. */
export interface NamingSections {
  readonly providers: unknown;
  readonly routes: unknown;
  readonly openai: unknown;
}

/** Names that lead nowhere: voices of unknown providers, OpenAI names without a meaning, a missing default route. */
export function referenceFindings(raw: RawConfig, sections: NamingSections): Finding[] {
  const names = new Names(raw, keysOf(sections.providers), keysOf(sections.routes));
  return [...routeFindings(sections.routes, names), ...openaiFindings(sections.openai, names)];
}

class Names {
  constructor(
    private readonly raw: RawConfig,
    readonly providers: readonly string[],
    readonly routes: readonly string[],
  ) {}

  /** A voice id whose provider is not configured. What has no slash is left to the schema. */
  voice(path: ConfigPath, value: unknown): Finding[] {
    if (typeof value !== 'string' || !value.includes('/')) return [];
    const provider = value.slice(0, value.indexOf('/'));
    if (this.providers.includes(provider)) return [];
    const message = `voice ${this.raw.show(path, value)} names a provider that is not configured.`;
    return [{ path, message: message + didYouMean(provider, this.providers) }];
  }

  /** A voice id, or one of `allowed`. */
  meaning(path: ConfigPath, value: unknown, what: string, allowed: readonly string[]): Finding[] {
    if (typeof value !== 'string') return [];
    if (value.includes('/')) return this.voice(path, value);
    if (allowed.includes(value)) return [];
    return [{ path, message: `${this.raw.show(path, value)} is no ${what}.${didYouMean(value, allowed)}` }];
  }
}

function routeFindings(routes: unknown, names: Names): Finding[] {
  if (!isRecord(routes)) return [];
  const missing = names.routes.includes('default')
    ? []
    : [{ path: ['routes'], message: 'the route "default" is missing; it speaks when a client names no voice' }];
  const clashes = names.routes
    .filter((alias) => names.providers.includes(alias))
    .map((alias) => ({ path: ['routes', alias], message: 'a provider has this name too; rename one of the two' }));
  const targets = Object.entries(routes).flatMap(([alias, route]) => {
    const list = isRecord(route) && Array.isArray(route['targets']) ? (route['targets'] as unknown[]) : [];
    return list.flatMap((target, index) =>
      isRecord(target) ? names.voice(['routes', alias, 'targets', index, 'voice'], target['voice']) : [],
    );
  });
  return [...missing, ...clashes, ...targets];
}

function openaiFindings(openai: unknown, names: Names): Finding[] {
  if (!isRecord(openai)) return [];
  const models = entriesOf(openai['models']).flatMap(([model, value]) =>
    names.meaning(['openai', 'models', model], value, 'route, provider or voice id', [
      ...names.routes,
      ...names.providers,
    ]),
  );
  const voices = entriesOf(openai['voices']).flatMap(([voice, value]) =>
    names.meaning(['openai', 'voices', voice], value, 'route or voice id', names.routes),
  );
  return [...models, ...voices];
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
