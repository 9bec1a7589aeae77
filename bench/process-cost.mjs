import { readdirSync, readFileSync } from 'node:fs';

const PAGE_KIB = 4;
const TICKS_PER_SECOND = 100;

/** CPU seconds of all threads so far, to the nanosecond, and resident KiB; undefined when the process has gone. */
export function readProcess(pid) {
  try {
    let nanoseconds = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ', 1)[0]);
    }
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return { cpuSeconds: nanoseconds / 1e9, rssKib: pages * PAGE_KIB };
  } catch {
    return undefined;
  }
}

/** The sum over `pids`; one that has gone counts no more. */
export function readProcesses(pids) {
  const sum = { cpuSeconds: 0, rssKib: 0 };
  for (const pid of pids) {
    const one = readProcess(pid);
    sum.cpuSeconds += one?.cpuSeconds ?? 0;
    sum.rssKib += one?.rssKib ?? 0;
  }
  return sum;
}

/** @returns {number[]} the children of a process, such as codec hosts */
export function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  );
}

/** Seconds for which any core of this machine was busy. */
export function machineBusySeconds() {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}
