import { readProcesses } from '../process-cost.mjs';
import { median } from './samples.mjs';

const EVERY_MS = 200;

/** Watches the memory of some processes while `isFull` says that all listeners are there. */
export class MemoryWatch {
  #pids;
  #before;
  #full = [];
  #timer;

  /**
   * @param {number[]} pids
   * @param {() => boolean} isFull
   */
  constructor(pids, isFull) {
    this.#pids = pids;
    this.#before = readProcesses(pids).rssKib;
    this.#timer = setInterval(() => {
      if (isFull()) this.#full.push(readProcesses(pids).rssKib);
    }, EVERY_MS);
  }

  /** Resident KiB before the load, and the median while it was full; undefined where it never was. */
  stop() {
    clearInterval(this.#timer);
    if (this.#pids.length === 0) return {};
    return { idleKib: this.#before, fullKib: this.#full.length > 0 ? median(this.#full) : undefined };
  }
}
