import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { gatewaySchema } from '../../src/config/gateway-schema.js';
import { loadConfig } from '../../src/config/load-config.js';
import { root } from './repository.js';

const none = z.strictObject({});
const providerOptions = new Map([
  ['espeak', none],
  ['tone', none],
]);
const load = (file: string) => loadConfig({ path: join(root, file), env: {}, providerOptions });

describe('config/gateway.yaml', () => {
  const lines = readFileSync(join(root, 'config/gateway.yaml'), 'utf8').split('\n');

  it('says what holds without it', async () => {
    const before = process.cwd();
    process.chdir(mkdtempSync(join(tmpdir(), 'tts-no-config-')));
    try {
      const embedded = await loadConfig({ env: {}, providerOptions });
      expect(embedded.source).toBe('embedded');
      expect((await load('config/gateway.yaml')).config).toEqual(embedded.config);
    } finally {
      process.chdir(before);
    }
  });

  it('has every key of the schema, each below a comment', () => {
    for (const [section, schema] of Object.entries(gatewaySchema.shape)) {
      const at = lines.indexOf(`${section}:`);
      expect(at, section).toBeGreaterThan(0);
      const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
      if (!(inner instanceof z.ZodObject)) continue;
      for (const key of Object.keys(inner.shape)) {
        const line = lines.findIndex((text, index) => index > at && text.startsWith(`  ${key}:`));
        expect(line, `${section}.${key}`).toBeGreaterThan(at);
        expect(lines[line - 1], `${section}.${key}`).toMatch(/^ {2}# /);
      }
    }
  });

  it('points editors at the schema', () => {
    expect(lines[0]).toBe('# yaml-language-server: $schema=./schema.json');
  });
});

it('config/profiles/container.yaml serves a container', async () => {
  const { config } = await load('config/profiles/container.yaml');
  expect(config.server.host).toBe('0.0.0.0');
  expect(config.auth.mode).toBe('open');
});
