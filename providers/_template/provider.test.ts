import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { providerSuite } from '../../test/conformance/provider.suite.js';
import { audioOf, collect, testCall, testRequest } from '../../test/support/speech-parts.js';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import { SpeechServer, type Style } from './fixtures/speech-server.js';
import template from './index.js';

const server = new SpeechServer();
let url = '';
beforeAll(async () => {
  url = await server.start();
});
afterAll(() => server.stop());

const noHosts = {
  pool: () => {
    throw new Error('an HTTP provider needs no hosts');
  },
};

function open(more: object = {}): Promise<Provider> {
  const options = template.options.parse({ base_url: url, ...more });
  return template.create(options, { id: 'template', hosts: noHosts, log: silentLog });
}

const style = (name: Style) => ({ providerOptions: { template: { style: name } } });

providerSuite('template', {
  manifest: template.manifest,
  open,
  voice: 'anna',
  stalling: style('stall'),
  paced: style('paced'),
  active: () => server.speaking,
  syntheses: () => server.syntheses,
  produced: () => server.sent,
});

describe('template', () => {
  const failure = async (name: Style): Promise<unknown> => {
    const provider = await open();
    const error: unknown = await collect(
      provider.speak(testRequest({ voice: 'anna', text: 'Hello there, you.', ...style(name) }), testCall()),
    ).catch((reason: unknown) => reason);
    await provider.close();
    return error;
  };

  it('sends its key and nothing of the gateway, and keeps samples whole', async () => {
    const provider = await open({ api_key: 'secret' });
    const parts = await collect(provider.speak(testRequest({ voice: 'anna' }), testCall()));
    expect(audioOf(parts).length).toBe((12 * 60 * 24_000 * 2) / 1000);
    expect(server.authorizations.at(-1)).toBe('Bearer secret');
    await provider.close();
  });

  it('tells a cut from an end', async () => {
    expect(await failure('cut')).toMatchObject({ code: 'upstream_failed', retryable: true, provider: 'template' });
  });

  it.each([
    ['limited', { code: 'rate_limited', retryable: true, retryAfterMs: 7000 }],
    ['broken', { code: 'upstream_failed', retryable: true }],
    ['refused', { code: 'upstream_failed', retryable: false }],
  ] as const)('maps the answer of a server that is %s', async (name, expected) => {
    const error = await failure(name);
    expect(error).toMatchObject({ ...expected, provider: 'template' });
    expect(String(error)).not.toContain('Hello');
  });

  it('says when the server is down', async () => {
    const provider = await open({ base_url: 'http://127.0.0.1:9' });
    expect(await provider.health()).toMatchObject({ state: 'down' });
    await expect(provider.voices(new AbortController().signal)).rejects.toMatchObject({ code: 'upstream_failed' });
    await provider.close();
  });

  it('finds the words for a wrong option', () => {
    expect(() => template.options.parse({ base_url: 'ftp://x' })).toThrow('base_url');
    expect(() => template.options.parse({ base_url: url, api_kee: 'x' })).toThrow('api_kee');
  });
});
