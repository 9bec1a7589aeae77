import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { TONE_CONFIG, writeConfig } from '../support/gateway-server.js';
import { decodeTone } from '../support/tone.js';

const TEXT = 'Say it once.';
let folder: string;
let config: string;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tts-cli-'));
  config = await writeConfig(folder, { ...TONE_CONFIG, log: { level: 'warn' } });
  gateway = await startGatewayProcess({ config: TONE_CONFIG });
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

const here = (): string[] => ['--config', config];
const there = (): string[] => ['--url', gateway.url];

async function probe(file: string): Promise<{ codec_name: string; duration: string }> {
  const args = ['-v', 'error', '-of', 'json', '-show_entries', 'stream=codec_name:format=duration', file];
  const { stdout } = await promisify(execFile)('ffprobe', args);
  const { streams, format } = JSON.parse(stdout) as { streams: { codec_name: string }[]; format: { duration: string } };
  return { codec_name: streams[0]?.codec_name ?? '', duration: format.duration };
}

describe('say', () => {
  it.each([
    ['in this process', here],
    ['through a server', there],
  ])('%s: pipes what it speaks', async (_where, source) => {
    const { code, stdout, stderr } = await runCli(['say', TEXT, '--format', 'pcm16', ...source()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(decodeTone(stdout)).toBe(TEXT);
  });

  it('reads standard input', async () => {
    const { code, stdout } = await runCli(['say', '-', '--format', 'pcm16', ...here()], { input: TEXT });
    expect(code).toBe(0);
    expect(decodeTone(stdout)).toBe(TEXT);
  });

  it.each([
    ['wav', 'pcm_s16le'],
    ['mp3', 'mp3'],
    ['ogg', 'opus'],
  ])('writes a whole .%s by its name', async (ending, codec) => {
    const file = join(folder, `spoken.${ending}`);
    const { code, stdout } = await runCli(['say', TEXT, '-o', file, ...there()]);
    expect({ code, stdout: stdout.length }).toEqual({ code: 0, stdout: 0 });
    const { codec_name: name, duration } = await probe(file);
    expect(name).toBe(codec);
    expect(Number(duration)).toBeGreaterThan(0.3);
    expect(Number(duration)).toBeLessThan(60);
    if (ending === 'wav') expect((await readFile(file)).readUInt32LE(40)).toBe((await readFile(file)).length - 44);
  });

  it('leaves no half clip behind', async () => {
    const file = join(folder, 'half.wav');
    const { code, stderr } = await runCli(['say', TEXT, '-v', 'tone/nobody', '-o', file, ...there()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^not_found: /);
    expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
  });
});

describe('exit codes', () => {
  it.each([
    ['no text', ['say'], 2],
    ['an unknown option', ['say', 'x', '--loud'], 2],
    ['an unknown format', ['say', 'x', '--format', 'midi'], 2],
    ['a speed that is no number', ['say', 'x', '--speed', 'fast'], 2],
    ['an unknown command', ['sing'], 2],
    ['a config that is not there', ['check-config', '/nonexistent.yaml'], 2],
    ['a server that does not answer', ['say', 'x', '--url', 'http://127.0.0.1:1'], 3],
    ['voices of a server that does not answer', ['voices', '--url', 'http://127.0.0.1:1'], 3],
    ['help', ['help'], 0],
  ])('%s', async (_what, args, expected) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stderr }).toMatchObject({ code: expected });
    expect(stdout.length + stderr.length).toBeGreaterThan(10);
    expect(stderr).not.toContain('    at ');
  });
});

describe('voices', () => {
  it.each([
    ['in this process', here],
    ['through a server', there],
  ])('%s: lists a line each, or JSON', async (_where, source) => {
    const listed = await runCli(['voices', ...source()]);
    expect(listed.code).toBe(0);
    expect(listed.stdout.toString()).toMatch(/^tone\/sine +\S+/m);
    const { stdout } = await runCli(['voices', '--json', ...source()]);
    expect(JSON.parse(stdout.toString())).toContainEqual(expect.objectContaining({ id: 'tone/sine' }));
    expect((await runCli(['voices', '--language', 'tlh', ...source()])).code).toBe(1);
  });
});

describe('check-config', () => {
  it('says what is configured', async () => {
    const { code, stdout } = await runCli(['check-config', config]);
    expect(code).toBe(0);
    expect(stdout.toString()).toContain('providers: tone');
  });

  it('names every problem with its path and line, and serve does not start', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, 'server:\n  port: 99999\nroutes:\n  default:\n    targets: []\nlimitz: {}\n');
    for (const args of [
      ['check-config', wrong],
      ['serve', '--config', wrong],
    ]) {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(2);
      for (const path of ['server.port', 'routes.default.targets', 'limitz']) expect(stderr).toContain(path);
      expect(stderr).toMatch(/:2[:\s]/);
    }
  });
});
