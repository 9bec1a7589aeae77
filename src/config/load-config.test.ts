import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { ConfigError, formatProblems } from './config-error.js';
import { loadConfig } from './load-config.js';

const providerOptions = new Map<string, { parse(value: unknown): unknown }>([
  ['espeak', z.strictObject({})],
  [
    'tone',
    // Not strict, and with a message that quotes its input: neither may be a way around the rules.
    z.object({
      pace: z.enum(['flat-out', 'real-time']).optional(),
      api_key: z
        .string()
        .max(4, { error: ({ input }) => `bad key ${JSON.stringify(input)}` })
        .optional(),
    }),
  ],
]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tts-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(yaml: string, env: Record<string, string> = {}) {
  const path = join(folder, 'gateway.yaml');
  await writeFile(path, yaml);
  return (await loadConfig({ path, env, providerOptions })).config;
}

async function problems(yaml: string, env: Record<string, string> = {}): Promise<ConfigError> {
  const error: unknown = await load(yaml, env).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error('the configuration was accepted');
  return error;
}

async function paths(yaml: string, env?: Record<string, string>): Promise<string[]> {
  return (await problems(yaml, env)).problems.map(({ path }) => path);
}

describe('a usable configuration', () => {
  it('has every default of the contract when the file is empty', async () => {
    const config = await load('# nothing\n');
    expect(config.server).toEqual({ host: '127.0.0.1', port: 8080, cors: [] });
    expect(config.policies).toEqual({
      deadline_ms: 10000,
      first_audio_ms: 3000,
      inter_chunk_ms: 2000,
      retry: { attempts: 2, base_ms: 100, max_ms: 2000, budget: 0.2 },
      breaker: { error_percent: 50, window_ms: 10000, reset_ms: 5000, volume: 5 },
      slots: { per_provider: 100, queue: 500 },
    });
    expect(config.cache).toEqual({ memory_bytes: 67108864, disk_dir: '', disk_bytes: 1073741824, ttl_s: 86400 });
    expect(config.limits).toMatchObject({ max_characters: 5000, client_stall_ms: 30000, bytes_per_speech: 262144 });
    expect(config.sessions).toEqual({ ttl_s: 3600, resume_window_s: 60, spool_dir: '', spool_bytes: 1073741824 });
    expect(config.shutdown.drain_ms).toBe(30000);
    expect(config.openai.voices['alloy']).toBe('espeak/en-us');
  });

  it('keeps the options of a provider as they stand and the defaults beside them', async () => {
    const config = await load(
      'providers: { a: { type: tone, pace: real-time } }\nroutes: { default: { targets: [{ voice: a/x }] } }',
    );
    expect(config.providers).toEqual({ a: { type: 'tone', enabled: true, pace: 'real-time' } });
    expect(config.openai.voices).toEqual({});
  });

  it('is frozen to the bottom', async () => {
    const config = await load('');
    expect(() => config.server.cors.push('x')).toThrow(TypeError);
  });

  it('holds without a file, and only then without a word', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const loaded = await loadConfig({ env: {}, providerOptions });
      expect(loaded.source).toBe('embedded');
      await expect(loadConfig({ env: { TTS_CONFIG: 'nowhere.yaml' }, providerOptions })).rejects.toThrow(
        /no such file/,
      );
    } finally {
      process.chdir(before);
    }
  });
});

describe('the environment', () => {
  it('overrides port, host and log level', async () => {
    const env = { PORT: '9000', HOST: '::1', LOG_LEVEL: 'debug' };
    const config = await load('server: { port: 1 }', env);
    expect([config.server.port, config.server.host, config.log.level]).toEqual([9000, '::1', 'debug']);
  });

  it('fills in strings, numbers and booleans as the schema asks for them', async () => {
    const yaml = `
server: { port: "\${P:-8123}", cors: ["https://\${D}.example"] }
providers: { tone: { type: tone, enabled: "\${ON}", api_key: "\${KEY}" } }
routes: { default: { targets: [{ voice: tone/x }] } }`;
    const config = await load(yaml, { D: 'app', ON: 'false', KEY: '1234' });
    expect(config.server.port).toBe(8123);
    expect(config.server.cors).toEqual(['https://app.example']);
    expect(config.providers['tone']).toEqual({ type: 'tone', enabled: false, api_key: '1234' });
  });

  it('never shows a value that came from it', async () => {
    const yaml = `
providers:
  tone: { type: tone, api_key: "\${SECRET}", pace: "\${SECRET}" }
  other: { type: "\${SECRET}" }
routes: { default: { targets: [{ voice: "\${SECRET}/x" }] }, "b": { targets: [{ voice: "\${SECRET}" }] } }
openai: { voices: { a: "\${SECRET}" }, models: { b: "\${SECRET}/y" } }
log: { level: "\${SECRET}" }`;
    const error = await problems(yaml, { SECRET: 'hunter2hunter2' });
    expect(error.problems).toHaveLength(8);
    expect(formatProblems(error) + error.message).not.toContain('hunter2');
    expect(formatProblems(error)).toContain('bad key "${SECRET}"');
  });

  it('is named where it is wrong', async () => {
    const error = await problems('server: { port: 80 }', { PORT: 'http' });
    expect(error.problems).toEqual([
      { path: 'server.port', message: 'expected number, received string (from the environment variable PORT)' },
    ]);
  });

  it('must have what is asked for', async () => {
    const { problems: found } = await problems('log: { level: info }\nlimits: { speeches: "${NOPE}" }');
    expect(found).toEqual([
      { path: 'limits.speeches', line: 2, column: 11, message: expect.stringContaining('NOPE is not set') },
    ]);
  });
});

describe('a configuration that cannot be used', () => {
  it('names every problem with its path and line', async () => {
    const error = await problems(`server: { hots: x }
providers:
  espeak: { type: espaek }
  tone: { type: tone, pase: flat-out }
routes:
  narrator:
    targets:
      - voice: piper/x
        speed: 9
openai: { models: { m: narator } }
limits: { max_characters: -1 }
`);
    expect(error.problems.map(({ path, line }) => `${line} ${path}`)).toEqual(
      [
        '1 server.hots',
        '3 providers.espeak.type',
        '4 providers.tone.pase',
        '5 routes',
        '9 routes.narrator.targets[0].speed',
        '8 routes.narrator.targets[0].voice',
        '10 openai.models.m',
        '11 limits.max_characters',
      ].sort((a, b) => parseInt(a) - parseInt(b)),
    );
    const text = formatProblems(error);
    for (const hint of ['"host"', '"espeak"', '"pace"', '"narrator"']) expect(text).toContain(`Did you mean ${hint}?`);
    expect(text).toContain(`${error.origin}:3:13 providers.espeak.type: `);
  });

  it('has no slash in an alias and no name twice', async () => {
    expect(
      await paths('routes: { default: { targets: [{ voice: espeak/x }] }, a/b: { targets: [{ voice: espeak/x }] } }'),
    ).toEqual(['routes.a/b']);
    expect(
      await paths('routes: { default: { targets: [{ voice: espeak/x }] }, tone: { targets: [{ voice: tone/x }] } }'),
    ).toEqual(['routes.tone']);
  });

  it('finds the place of a value behind an anchor', async () => {
    const yaml = 'routes:\n  default: &d\n    targets: [{ voice: nope/x }]\n  other: *d\n';
    expect((await problems(yaml)).problems.map(({ path, line }) => [path, line])).toEqual([
      ['routes.default.targets[0].voice', 3],
      ['routes.other.targets[0].voice', 3],
    ]);
  });

  it.each(['server: [', 'a: 1\na: 2\n', 'server: {host: x', '\tserver: 1'])('is not YAML: %j', async (yaml) => {
    const [problem] = (await problems(yaml)).problems;
    expect(problem).toMatchObject({ line: expect.any(Number), message: expect.stringMatching(/^not valid YAML: /) });
  });

  it.each(['- 1', 'word', '5'])('is no mapping: %j', async (yaml) => {
    await expect(load(yaml)).rejects.toThrow('the file must be a mapping of sections');
  });

  it.each(['server', 'providers', 'routes', 'openai', 'limits'])('has a %s of the wrong kind', async (section) => {
    expect(await paths(`${section}: 7`, { PORT: '1' })).toContain(section);
  });
});

describe('listening for other machines', () => {
  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.org'])(
    'is refused on %s until auth.mode says open',
    async (host) => {
      expect(await paths(`server: { host: "${host}" }`)).toEqual(['server.host']);
      expect((await load(`server: { host: "${host}" }\nauth: { mode: open }`)).server.host).toBe(host);
    },
  );

  it('is refused when the environment asks for it', async () => {
    const { problems: found } = await problems('', { HOST: '0.0.0.0' });
    expect(found[0]?.message).toMatch(/^"0\.0\.0\.0" is reachable .*environment variable HOST\)$/);
  });

  it.each(['127.0.0.1', '127.8.0.1', '::1', 'localhost'])('is not what %s means', async (host) => {
    expect((await load(`server: { host: "${host}" }`)).server.host).toBe(host);
  });
});
