import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from './exit-code.js';
import { voices } from './voices.js';

const MODEL = randomBytes(300_000);
const CONFIG = Buffer.from('{"audio":{"sample_rate":22050}}');
const CARD = Buffer.from('# Model card\n* Dataset: x\n* License: CC0 1.0\n');
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const catalogue = {
  'en_US-test-medium': {
    key: 'en_US-test-medium',
    files: {
      'en/test/en_US-test-medium.onnx': { size_bytes: MODEL.length, md5_digest: md5(MODEL) },
      'en/test/en_US-test-medium.onnx.json': { size_bytes: CONFIG.length, md5_digest: md5(CONFIG) },
      'en/test/MODEL_CARD': { size_bytes: CARD.length, md5_digest: md5(CARD) },
    },
    aliases: ['test-old-name'],
  },
  'en_US-evil-low': { key: 'en_US-evil-low', files: { '../../..onnx': { size_bytes: 1 } } },
};

describe('voices pull', () => {
  let server: Server;
  let base = '';
  let folder = '';
  let out = '';
  let err = '';
  const ranges: (string | undefined)[] = [];
  let breakAt: number | undefined;
  let spoil = false;

  beforeAll(async () => {
    const files: Record<string, Buffer> = {
      '/voices.json': Buffer.from(JSON.stringify(catalogue)),
      '/en/test/en_US-test-medium.onnx': MODEL,
      '/en/test/en_US-test-medium.onnx.json': CONFIG,
      '/en/test/MODEL_CARD': CARD,
      '/plain.onnx': MODEL,
    };
    server = createServer((request, response) => {
      const found = files[request.url ?? ''];
      if (!found) return response.writeHead(404).end();
      const isModel = request.url?.endsWith('.onnx');
      if (isModel) ranges.push(request.headers.range);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const body = Buffer.from(found.subarray(from));
      if (spoil && isModel) body[0] = (body[0] ?? 0) ^ 1;
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': body.length,
        ...(from > 0 && { 'content-range': `bytes ${from}-${found.length - 1}/${found.length}` }),
      });
      if (isModel && breakAt !== undefined && from === 0) {
        const cut = breakAt;
        breakAt = undefined;
        response.write(body.subarray(0, cut), () => response.destroy());
      } else response.end(body);
      return undefined;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pull-'));
    out = '';
    err = '';
    ranges.length = 0;
    breakAt = undefined;
    spoil = false;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const run = (...args: string[]): Promise<number> => voices([...args, '--dir', folder]);
  const pull = (name: string, ...more: string[]): Promise<number> =>
    run('pull', name, '--catalogue', `${base}/voices.json`, ...more);

  it('fetches a voice by name or alias, checks it, and shows its licence', async () => {
    expect(await pull('test-old-name')).toBe(EXIT.ok);
    expect(readdirSync(folder).sort()).toEqual([
      'en_US-test-medium.MODEL_CARD',
      'en_US-test-medium.onnx',
      'en_US-test-medium.onnx.json',
    ]);
    expect(readFileSync(join(folder, 'en_US-test-medium.onnx')).equals(MODEL)).toBe(true);
    expect(out).toContain('licence: CC0 1.0');
    expect(err).toContain('100 % of 0.3 MB');
  });

  it('goes on where a broken connection stopped', async () => {
    breakAt = 100_000;
    expect(await pull('en_US-test-medium')).toBe(EXIT.ok);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
    expect(readFileSync(join(folder, 'en_US-test-medium.onnx')).equals(MODEL)).toBe(true);
  });

  it('goes on where an earlier run stopped', async () => {
    writeFileSync(join(folder, '.en_US-test-medium.onnx.part'), MODEL.subarray(0, 120_000));
    expect(await pull('en_US-test-medium')).toBe(EXIT.ok);
    expect(ranges).toEqual(['bytes=120000-']);
    expect(readFileSync(join(folder, 'en_US-test-medium.onnx')).equals(MODEL)).toBe(true);
  });

  it('leaves nothing of a file with the wrong checksum', async () => {
    spoil = true;
    expect(await pull('en_US-test-medium')).toBe(EXIT.failed);
    expect(err).toMatch(/its md5 is \w+, and should be/);
    expect(readdirSync(folder).some((name) => name.includes('onnx') && !name.endsWith('.json'))).toBe(false);
  });

  it('takes the mirror when the first place does not answer', async () => {
    const dead = await nobody();
    expect(await run('pull', 'en_US-test-medium', '--catalogue', dead, '--catalogue', `${base}/voices.json`)).toBe(
      EXIT.ok,
    );
    expect(existsSync(join(folder, 'en_US-test-medium.onnx'))).toBe(true);
  });

  it('says clearly that it is offline', async () => {
    expect(await run('pull', 'x', '--catalogue', await nobody())).toBe(EXIT.unreachable);
    expect(err).toMatch(/No catalogue of voices can be read:\n.*127\.0\.0\.1:\d+.*ECONNREFUSED\n.*--catalogue/s);
  });

  it('fetches an address, with a checksum, and copies a path', async () => {
    const sha256 = createHash('sha256').update(MODEL).digest('hex');
    expect(await run('pull', `${base}/plain.onnx`, '--sha256', sha256)).toBe(EXIT.ok);
    expect(err).toContain('plain.onnx.json is not there');
    expect(await run('pull', `${base}/plain.onnx`, '--sha256', 'ff')).toBe(EXIT.failed);
    const own = mkdtempSync(join(tmpdir(), 'own-'));
    writeFileSync(join(own, 'mine.onnx'), MODEL);
    writeFileSync(join(own, 'mine.onnx.json'), CONFIG);
    expect(await run('pull', join(own, 'mine.onnx'))).toBe(EXIT.ok);
    expect(readFileSync(join(folder, 'mine.onnx.json')).equals(CONFIG)).toBe(true);
    rmSync(own, { recursive: true });
  });

  it('names near voices, and refuses names that lead out of the folder', async () => {
    await expect(pull('lessac')).rejects.toThrow(/no voice "lessac"/);
    await expect(pull('test-medium')).rejects.toThrow(/Did you mean en_US-test-medium/);
    await expect(pull('en_US-evil-low')).rejects.toThrow(/cannot be the name/);
    await expect(run('remove', '../x')).rejects.toThrow(/cannot be the name/);
  });

  it('lists what is there and what there is, and removes', async () => {
    await pull('en_US-test-medium');
    out = '';
    expect(await run('list')).toBe(EXIT.ok);
    expect(out).toMatch(/^en_US-test-medium\s+0\.3 MB\n$/);
    out = '';
    expect(await run('list', '--available', '--catalogue', `${base}/voices.json`)).toBe(EXIT.ok);
    expect(out).toContain('en_US-evil-low');
    expect(await run('remove', 'en_US-test-medium')).toBe(EXIT.ok);
    expect(readdirSync(folder)).toEqual([]);
    await expect(run('remove', 'en_US-test-medium')).rejects.toThrow(/no voice/);
  });
});

/** A catalogue at a port that nobody listens on. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/voices.json`;
}
