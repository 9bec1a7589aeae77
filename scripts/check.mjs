import { ensureInstalled } from './ensure-installed.mjs';
import { bin, run } from './run.mjs';

const node = process.execPath;

/** Longest first, so that two of them at a time end together. */
const STEPS = [
  {
    name: 'types',
    command: [
      node,
      bin('tsc'),
      '-p',
      'tsconfig.json',
      '--incremental',
      '--tsBuildInfoFile',
      '.cache/check.tsbuildinfo',
    ],
  },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  {
    name: 'format',
    command: [node, bin('prettier'), '--check', '--log-level=warn', '--cache', '--cache-location=.cache/prettier', '.'],
  },
  { name: 'house rules', command: [node, bin('vitest'), 'run', '--reporter=dot', 'test/architecture'] },
  {
    name: 'arrows',
    command: [node, bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src', 'providers', 'test', 'scripts'],
  },
  { name: 'generated files', command: [node, 'scripts/generate.mjs', '--check'] },
];

async function runStep({ name, command: [command, ...args] }) {
  const startedMs = performance.now();
  const { code, output } = await run(command, args, { capture: true });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

async function runAll(steps, atOnce) {
  const waiting = [...steps];
  let ok = true;
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) ok = (await runStep(step)) && ok;
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ok;
}

await ensureInstalled();
process.exitCode = (await runAll(STEPS, 2)) ? 0 : 1;
