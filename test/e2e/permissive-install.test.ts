import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, REPOSITORY } from '../support/gateway-process.js';

// What `npm ci --omit=optional` leaves out: the copyleft packages, and the runtime of the neural voices.
const OPTIONAL = ['node-av', '@seydx', '@echogarden', 'onnxruntime-node'];
const run = promisify(execFile);
let folder: string;

/** The built program beside a node_modules without the optional packages. */
beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'tts-permissive-'));
  await mkdir(join(folder, 'node_modules'));
  for (const name of ['dist', 'web', 'package.json'])
    await cp(join(REPOSITORY, name), join(folder, name), { recursive: true });
  const packages = await readdir(join(REPOSITORY, 'node_modules'));
  for (const name of packages.filter((candidate) => !OPTIONAL.includes(candidate))) {
    await symlink(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
  }
  await writeFile(join(folder, 'empty.yaml'), '{}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function cli(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [join(folder, 'dist/src/main.js'), ...args, '--config', join(folder, 'empty.yaml')], {
    cwd: folder,
  });
}

describe('an install without the optional packages', () => {
  it.each(['wav', 'mp3', 'opus', 'flac', 'mulaw'])('speaks %s', async (format) => {
    const file = join(folder, `said.${format}`);
    await cli('say', 'Still here.', '-v', 'tone/sine', '-o', file);
    expect((await stat(file)).size).toBeGreaterThan(1000);
    if (format === 'mulaw') return;
    const args = ['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'stream=codec_name', file];
    const { stdout } = await run('ffprobe', args);
    expect(stdout.trim()).toBe(format === 'wav' ? 'pcm_s16le' : format);
  });

  it('refuses AAC with what to install', async () => {
    const said = cli('say', 'Hello.', '-v', 'tone/sine', '-o', join(folder, 'said.aac'));
    await expect(said).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('node-av') as string });
  });

  it('says why the embedded voice is not there, and lists the voices that are', async () => {
    const said = cli('say', 'Hello.', '-o', join(folder, 'said.wav'));
    await expect(said).rejects.toMatchObject({ stderr: expect.stringContaining('espeak') as string });
    const { stdout } = await cli('voices');
    expect(stdout).toContain('tone/sine');
    expect(stdout).not.toContain('espeak/');
  });
});
