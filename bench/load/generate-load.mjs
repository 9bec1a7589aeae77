import { Listener } from './listener.mjs';

/** Requests of an open loop under way at most; more means that the target has long been overrun. */
const MOST_IN_FLIGHT = 8000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One target under load. A connection of the driver serves one request after the other and is kept between the rounds.
 */
export class LoadGenerator {
  #driver;
  #audio;
  #speech;
  #free = [];
  /** Listeners now, for the memory that one of them costs. */
  active = 0;
  peak = 0;

  /**
   * @param {{ open(): object }} driver
   * @param {{ next(model: string): { model: string, expected: import('./expected-audio.mjs').ExpectedAudio } }} audio
   * @param {{ model: string, everyMs?: number, chunkBytes?: number, request: object }} speech
   */
  constructor(driver, audio, speech) {
    this.#driver = driver;
    this.#audio = audio;
    this.#speech = speech;
  }

  /** Adds what is heard to `tally`. */
  run(tally, load) {
    return load.ratePerSecond === undefined ? this.#closedLoop(tally, load) : this.#openLoop(tally, load);
  }

  close() {
    for (const connection of this.#free) connection.close();
    this.#free = [];
  }

  /** `listeners`, each of whom asks again as soon as it was served. */
  async #closedLoop(tally, { listeners, requests = Infinity, durationMs = Infinity, rampMs = 0 }) {
    let left = requests;
    const until = performance.now() + durationMs;
    const listen = async (index) => {
      const connection = this.#free.pop() ?? this.#driver.open();
      if (rampMs > 0) await pause((index / listeners) * rampMs);
      while (left > 0 && performance.now() < until) {
        left -= 1;
        await this.#ask(connection, tally, performance.now());
      }
      this.#free.push(connection);
    };
    await Promise.all(Array.from({ length: listeners }, (_, index) => listen(index)));
  }

  /** A request each so many milliseconds, whether or not the others were served; time counts from when it was due. */
  async #openLoop(tally, { ratePerSecond, requests }) {
    const begin = performance.now();
    const underWay = new Set();
    for (let index = 0; index < requests; index += 1) {
      const dueAtMs = begin + (index * 1000) / ratePerSecond;
      const earlyMs = dueAtMs - performance.now();
      if (earlyMs > 0.5) await pause(earlyMs);
      if (this.active >= MOST_IN_FLIGHT)
        throw new Error(`${MOST_IN_FLIGHT} requests are under way; the target is overrun`);
      const connection = this.#free.pop() ?? this.#driver.open();
      const asked = this.#ask(connection, tally, dueAtMs).then(() => {
        this.#free.push(connection);
        underWay.delete(asked);
      });
      underWay.add(asked);
    }
    await Promise.all(underWay);
  }

  async #ask(connection, tally, startedAtMs) {
    const { everyMs, chunkBytes, request } = this.#speech;
    const { model, expected } = this.#audio.next(this.#speech.model);
    this.active += 1;
    this.peak = Math.max(this.peak, this.active);
    await connection.speak({ ...request, model }, new Listener(tally, { startedAtMs, expected, everyMs, chunkBytes }));
    this.active -= 1;
  }
}
