import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { ensureSystemTools } from './ensure-system-tools.mjs';
import { bin, run } from './run.mjs';
import { countTests } from './count-tests.mjs';

/** Everything the tests need, then all of them; further arguments are vitest's. The last line is the count. */
async function test(args) {
  await ensureInstalled();
  await ensureSystemTools();
  await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'tts-test-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { code } = await run(process.execPath, [bin('vitest'), 'run', ...reporters, ...args]);
    return countTests(readReport(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Vitest ended before it could write one.
    return undefined;
  }
}

let outcome = { passed: 0, failed: 0, ok: false, why: '' };
try {
  outcome = await test(process.argv.slice(2));
} catch (error) {
  outcome.why = error instanceof Error ? error.message : String(error);
}
if (outcome.why !== '') console.error(outcome.why);
process.exitCode = outcome.ok ? 0 : 1;
console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
