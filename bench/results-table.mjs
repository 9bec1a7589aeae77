import { median } from './load/samples.mjs';

const ms = (value) => (Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : 1) : '-');
const count = (value) => (Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : 0) : '-');
const ratio = (value) => (Number.isFinite(value) ? value.toFixed(2) : '-');

/** Seconds of audio that reached the listeners: what CPU is divided by. */
const cpuMsPerStreamSecond = (run, { speech }) => (run.cpuSeconds * 1000) / (run.ok * speech.seconds);
const kibPerStream = ({ memory, peakListeners }) => (memory?.fullKib - memory?.idleKib) / peakListeners;

/**
 * The columns of one kind of scenario. `value` is taken of each repeat and its median is shown; with `against` the
 * value is paired with that of another target in the same repeat first.
 */
const COLUMNS = {
  latency: [
    { title: 'first byte p50 ms', value: (run) => run.firstByteMs.p50, show: ms },
    { title: 'p99 ms', value: (run) => run.firstByteMs.p99, show: ms },
    { title: 'added p50 ms', against: 'direct', pair: addedP50, show: ms },
    {
      title: 'added p99 ms',
      against: 'direct',
      pair: (run, control) => run.firstByteMs.p99 - control.firstByteMs.p99,
      show: ms,
    },
    { title: 'CPU ms/request', value: (run) => (run.cpuSeconds * 1000) / run.ok, show: ms },
  ],
  throughput: [
    { title: 'requests/s', value: (run) => run.requestsPerSecond, show: count },
    { title: 'of direct', against: 'direct', pair: ofRequests, show: ratio },
    { title: 'of nest-fastify', against: 'nest-fastify', pair: ofRequests, show: ratio },
    { title: 'CPU ms/request', value: (run) => (run.cpuSeconds * 1000) / run.ok, show: ms },
    { title: 'first byte p50 ms', value: (run) => run.firstByteMs.p50, show: ms },
    { title: 'p99 ms', value: (run) => run.firstByteMs.p99, show: ms },
  ],
  live: [
    { title: 'CPU ms/stream-s', value: cpuMsPerStreamSecond, show: ms },
    {
      title: 'of node-undici',
      against: 'node-undici',
      pair: (run, control, scenario) => cpuMsPerStreamSecond(run, scenario) / cpuMsPerStreamSecond(control, scenario),
      show: ratio,
    },
    { title: 'idle MiB', value: ({ memory }) => memory?.idleKib / 1024, show: count },
    { title: 'KiB/stream', value: kibPerStream, show: count },
    { title: 'first byte p50 ms', value: (run) => run.firstByteMs.p50, show: ms },
    { title: 'p99 ms', value: (run) => run.firstByteMs.p99, show: ms },
    { title: 'chunk late p99 ms', value: (run) => run.chunkLateMs.p99, show: ms },
    { title: 'gap p99 ms', value: (run) => run.gapMs.p99, show: ms },
  ],
};

/** Of each round the medians are paired, since a neighbour's load lasts longer than a round. */
function addedP50(run, control) {
  return median(run.rounds.map(({ firstByteP50Ms }, round) => firstByteP50Ms - control.rounds[round].firstByteP50Ms));
}

function ofRequests(run, control) {
  return median(run.rounds.map(({ perSecond }, round) => perSecond / control.rounds[round].perSecond));
}

/**
 * @param {string} name of the scenario
 * @param {object} scenario
 * @param {Record<string, object>[]} repeats in each, the result of every target by its name
 * @returns {string} a table in Markdown
 */
export function resultsTable(name, scenario, repeats) {
  const targets = Object.keys(repeats[0] ?? {});
  const columns = COLUMNS[scenario.kind].filter(({ against }) => against === undefined || targets.includes(against));
  const rows = targets.map((target) => [
    target,
    ...columns.map((column) => column.show(median(repeats.map((results) => cell(column, results, target, scenario))))),
    `${sum(repeats, target, 'lostBytes')}`,
    `${sum(repeats, target, 'failed')}`,
  ]);
  const head = [name, ...columns.map(({ title }) => title), 'bytes lost', 'failed'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function cell({ value, against, pair }, results, target, scenario) {
  const run = results[target];
  if (against === undefined) return value(run, scenario);
  return results[against] === undefined ? NaN : pair(run, results[against], scenario);
}

function sum(repeats, target, field) {
  return repeats.reduce((total, results) => total + results[target][field], 0);
}
