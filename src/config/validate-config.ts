import { isLoopback } from './loopback.js';
import { dotted } from './config-error.js';
import type { ConfigProblem } from './config-error.js';
import { DEFAULT_OPENAI_MODELS, DEFAULT_OPENAI_VOICES, DEFAULT_PROVIDERS, DEFAULT_ROUTES } from './default-config.js';
import type { GatewayConfig } from './gateway-config.js';
import { gatewaySchema } from './gateway-schema.js';
import { isRecord } from './is-record.js';
import { providerFindings } from './provider-findings.js';
import type { ProviderOptions } from './provider-findings.js';
import { readAt } from './raw-config.js';
import type { RawConfig } from './raw-config.js';
import { referenceFindings } from './reference-findings.js';
import type { NamingSections } from './reference-findings.js';
import { schemaFindings } from './schema-findings.js';
import type { Finding } from './schema-findings.js';

/** The valid configuration, or every problem of it in the order of the file. */
export function validateConfig(raw: RawConfig, types: ProviderOptions): GatewayConfig | ConfigProblem[] {
  let checked = check(raw, types);
  // A number in the environment is a string until a schema asks for a number.
  const reread = checked.findings.filter(({ path }) => raw.rereadScalar(path));
  if (reread.length > 0) checked = check(raw, types);
  const unfilled = raw.interpolations().flatMap(({ path, problem }) => (problem ? [{ path, message: problem }] : []));
  const spoilt = new Set(unfilled.map(({ path }) => dotted(path)));
  const findings = [...unfilled, ...checked.findings.filter(({ path }) => !spoilt.has(dotted(path)))];
  if (findings.length === 0 && checked.config !== undefined) return checked.config;
  return findings.map((finding) => asProblem(finding, raw)).sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function check(raw: RawConfig, types: ProviderOptions): { findings: Finding[]; config: GatewayConfig | undefined } {
  const sections = namingSections(raw.value);
  const parsed = gatewaySchema.safeParse(raw.value);
  const findings = [
    ...(parsed.success ? [] : schemaFindings(parsed.error, gatewaySchema)),
    ...providerFindings(raw, sections.providers, types),
    ...referenceFindings(raw, sections),
    ...bindingFindings(raw),
  ];
  if (!parsed.success) return { findings, config: undefined };
  const voices = parsed.data.openai.voices ?? defaultVoices(sections.providers);
  return { findings, config: { ...parsed.data, openai: { ...parsed.data.openai, voices } } };
}

function namingSections(value: Record<string, unknown>): NamingSections {
  const openai = value['openai'] ?? {};
  return {
    providers: value['providers'] ?? DEFAULT_PROVIDERS,
    routes: value['routes'] ?? DEFAULT_ROUTES,
    openai: isRecord(openai) ? { models: DEFAULT_OPENAI_MODELS, ...openai } : openai,
  };
}

/** The built-in voice names, as far as their providers are configured. */
function defaultVoices(providers: unknown): Record<string, string> {
  const configured = isRecord(providers) ? Object.keys(providers) : [];
  const entries = Object.entries(DEFAULT_OPENAI_VOICES);
  return Object.fromEntries(entries.filter(([, id]) => configured.some((provider) => id.startsWith(`${provider}/`))));
}

function bindingFindings(raw: RawConfig): Finding[] {
  const path = ['server', 'host'];
  const host = readAt(raw.value, path);
  const mode = readAt(raw.value, ['auth', 'mode']) ?? 'loopback';
  if (typeof host !== 'string' || mode !== 'loopback' || isLoopback(host)) return [];
  const message =
    `${raw.show(path, host)} is reachable from other machines, and auth.mode "loopback" serves only this one. ` +
    'Set auth.mode to "open" if anyone who reaches the port may speak, or host to 127.0.0.1.';
  return [{ path, message }];
}

function asProblem({ path, message }: Finding, raw: RawConfig): ConfigProblem {
  const variable = raw.overriddenBy(path);
  const from = variable === undefined ? '' : ` (from the environment variable ${variable})`;
  return { path: dotted(path), ...raw.locate(path), message: withoutSecrets(message, path, raw) + from };
}

/** No schema here quotes values, but a provider's own might. Short values are left alone except at their own path. */
function withoutSecrets(message: string, path: Finding['path'], raw: RawConfig): string {
  return raw.interpolations().reduce((text, { path: at, value, source, problem }) => {
    const secret = value !== '' && problem === undefined && (value.length > 5 || dotted(at) === dotted(path));
    return secret ? text.replaceAll(value, () => source) : text;
  }, message);
}
