import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ensureBuilt, REPOSITORY } from '../support/gateway-process.js';

const run = z.object({ ok: z.number(), failed: z.number(), bytes: z.number(), lostBytes: z.number() });
const report = z.object({
  scenarios: z.array(z.object({ repeats: z.array(z.object({ targets: z.record(z.string(), run) })) })),
});

it('the bench runs from end to end and finds every byte in its place', { timeout: 60_000 }, async () => {
  await ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), 'tts-bench-test-'));
  const out = join(folder, 'report.json');
  const args = ['--quick', '--no-engines', '--scenario', 'flood', '--target', 'direct,gateway', '--out', out];
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/main.mjs', ...args], { cwd: REPOSITORY });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [table, said, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect(code, said).toBe(0);
  expect(table).toMatch(/\| gateway +\|/);
  const { scenarios } = report.parse(JSON.parse(await readFile(out, 'utf8')));
  const { gateway } = scenarios[0]!.repeats[0]!.targets;
  expect(gateway).toMatchObject({ failed: 0, lostBytes: 0 });
  expect(gateway!.ok).toBeGreaterThan(10);
  expect(gateway!.bytes).toBe(gateway!.ok * 24_000);
  await rm(folder, { recursive: true, force: true });
});
