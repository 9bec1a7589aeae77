import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { readProcesses } from './process-cost.mjs';
import { startTarget, startUpstream } from './targets.mjs';

const RUN_LIMIT_MS = 180_000;

/**
 * One run of a scenario over targets that stand side by side, all processes fresh.
 * @param {object} scenario one of ./scenarios.mjs
 * @param {string[]} names
 * @param {{ nodeArgs?: string[] }} [options] more arguments for the gateway's Node, as `--cpu-prof`
 */
export async function measure(scenario, names, options = {}) {
  const upstream = await startUpstream();
  const targets = [];
  try {
    for (const name of names) targets.push(await startTarget(name, upstream.url, options));
    const { door, speech, load, warmUp, rounds } = scenario;
    const before = readProcesses(upstream.pids);
    const result = await generateLoad({
      targets: targets.map(({ name, url, pids }) => ({ name, url, pids })),
      door,
      speech,
      load,
      warmUp,
      rounds,
    });
    const upstreamCores = (readProcesses(upstream.pids).cpuSeconds - before.cpuSeconds) / result.seconds;
    const stats = await (await fetch(`${upstream.url}/__stats`)).json();
    return { ...result, upstreamCores, upstreamLateMs: stats.writeLateMs };
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
    await upstream.stop();
  }
}

async function generateLoad(plan) {
  const program = join(import.meta.dirname, 'load/main.mjs');
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: 'pipe', timeout: RUN_LIMIT_MS });
  child.stdin.end(JSON.stringify(plan));
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [said, failure, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`the load ended with ${code}: ${failure.slice(-600)}`);
  return JSON.parse(said);
}
