import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { median } from './load/samples.mjs';

/**
 * What our own engines cost, each repeat in a fresh process over the built gateway: the time from a request to the
 * first audio of espeak, and the CPU of every encoder on a second of speech. See ./engines/main.mjs.
 * @param {number} repeats
 * @returns {Promise<Record<string, Record<string, number>>>} medians by row
 */
export async function measureEngines(repeats) {
  const runs = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) runs.push(await run());
  return Object.fromEntries(
    Object.entries(runs[0]).map(([row, figures]) => [
      row,
      Object.fromEntries(Object.keys(figures).map((name) => [name, median(runs.map((one) => one[row][name]))])),
    ]),
  );
}

export function enginesTable(engines) {
  const lines = Object.entries(engines).map(([row, figures]) => {
    const cells = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    return `${row.padEnd(10)} ${cells.join('; ')}`;
  });
  return ['engines', ...lines].join('\n');
}

async function run() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'engines/main.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [said, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`the engines ended with ${code}`);
  return JSON.parse(said);
}
