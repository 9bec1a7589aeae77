// npm run bench: how much the gateway costs over talking to the provider directly. docs/performance.md explains.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureBuilt } from '../scripts/build.mjs';
import { measureEngines, enginesTable } from './engines.mjs';
import { shuffle } from './load/shuffle.mjs';
import { measure } from './measure.mjs';
import { resultsTable } from './results-table.mjs';
import { gatewayOnly, quickScenarios, scenarios } from './scenarios.mjs';
import { availableTargets } from './targets.mjs';

const HELP = `npm run bench -- [options]

  --quick            every method in under a minute; figures that say little, bytes that are all verified
  --scenario A,B     ${Object.keys(scenarios).join(', ')}
  --target A,B       ${availableTargets().join(', ')}
  --repeats N        of every scenario, all processes fresh (default 3, quick 1)
  --no-engines       without the cost of the espeak engine and the encoders
  --profile DIR      a CPU profile of the gateway's main process for each run
  --out FILE         default bench/results/<time>.json
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    target: { type: 'string', default: availableTargets().join(',') },
    repeats: { type: 'string' },
    'no-engines': { type: 'boolean', default: false },
    profile: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const offered = values.quick ? quickScenarios : scenarios;
const names = values.scenario?.split(',') ?? Object.keys(offered);
const repeats = Number(values.repeats ?? (values.quick ? 1 : 3));
const chosen = values.target.split(',');
const unknown = names.filter((name) => offered[name] === undefined);
if (unknown.length > 0) throw new Error(`no scenario ${unknown.join()}; there are ${Object.keys(offered).join(', ')}`);

await ensureBuilt();
const startedAt = new Date().toISOString();
const file = values.out ?? join(import.meta.dirname, 'results', `${startedAt.replaceAll(':', '-')}.json`);
const report = { startedAt, knobs: { ...values, names, repeats, chosen }, machine: machine(), scenarios: [] };
let failed = 0;

for (const name of names) {
  const scenario = offered[name];
  const done = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) done.push(await once(scenario));
  report.scenarios.push({ name, ...scenario, repeats: done });
  const byTarget = done.map(({ targets }) => targets);
  failed += byTarget.flatMap(Object.values).reduce((sum, run) => sum + run.failed + run.lostBytes, 0);
  console.log(`${resultsTable(name, scenario, byTarget)}\n${neighbours(done)}\n`);
  for (const run of byTarget.flatMap(Object.values)) if (run.failed > 0) console.log(run.name, run.failures);
}
if (!values['no-engines']) {
  report.engines = await measureEngines(values.quick ? 1 : 5);
  console.log(`${enginesTable(report.engines)}\n`);
}
mkdirSync(join(file, '..'), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(`every knob and figure: ${file}`);
process.exitCode = failed > 0 ? 1 : 0;

/** One repeat: the results by target, and what ran beside them. */
async function once(scenario) {
  const asked = gatewayOnly(scenario) ? ['gateway'] : (scenario.targets ?? chosen);
  const targets = chosen.filter((name) => asked.includes(name));
  const options = values.profile === undefined ? {} : { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] };
  // Memory is only seen where a target is alone; the others stand side by side.
  const groups = scenario.kind === 'live' ? shuffle(targets).map((name) => [name]) : [targets];
  const runs = [];
  for (const group of groups) runs.push(await measure(scenario, group, options));
  const results = runs.flatMap((run) => run.targets);
  const ordered = targets.map((name) => results.find((result) => result.name === name));
  const beside = runs.map(({ seconds, clientCores, upstreamCores, upstreamLateMs, machineCores, targets: of }) => {
    const ownCores = of.reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds / seconds, clientCores + upstreamCores);
    return { seconds, clientCores, upstreamCores, upstreamLateMs, otherCores: Math.max(0, machineCores - ownCores) };
  });
  return { targets: Object.fromEntries(ordered.map((result) => [result.name, result])), beside };
}

function neighbours(done) {
  const cores = done.flatMap(({ beside }) => beside.map(({ otherCores }) => otherCores)).sort((a, b) => a - b);
  return `${repeats} repeats; neighbours took ${cores[0].toFixed(2)} to ${cores.at(-1).toFixed(2)} of ${availableParallelism()} cores`;
}

function machine() {
  const [cpu] = cpus();
  return {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpu?.model,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load: loadavg(),
  };
}
