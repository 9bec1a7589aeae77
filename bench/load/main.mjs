// The load on one or more targets, as a process of its own: reads a plan (see `measureLoad`) on its standard input and
// writes the result to its standard output, both JSON. Run by ../measure.mjs under tsx.
import { text } from 'node:stream/consumers';

import { HttpDriver } from '../drivers/http.mjs';
import { SocketIoDriver } from '../drivers/socketio.mjs';
import { WebSocketDriver } from '../drivers/websocket.mjs';
import { machineBusySeconds, readProcesses } from '../process-cost.mjs';
import { sameAudio, seededAudio } from './expected-audio.mjs';
import { LoadGenerator } from './generate-load.mjs';
import { MemoryWatch } from './memory-watch.mjs';
import { referenceAudio } from './reference-audio.mjs';
import { median } from './samples.mjs';
import { shuffle } from './shuffle.mjs';
import { Tally } from './tally.mjs';

const DRIVERS = { http: HttpDriver, websocket: WebSocketDriver, socketio: SocketIoDriver };
/** Short, for the gateway holds the length of a clip against its text. */
const TEXT = 'Hello there, listener.';
const SETTLE_MS = 300;
const PCM_HZ = 24_000;
/** Bytes a millisecond of the formats in which that is a constant. */
const BYTES_PER_MS = { pcm: 48, mulaw: 8 };

/** A target that has been warmed up, with what it has cost so far. */
class Measured {
  tally = new Tally();
  seconds = 0;
  cpuSeconds = 0;
  /** Medians of the rounds: what is paired with those of the control. */
  rounds = [];

  constructor(target, generator) {
    this.target = target;
    this.generator = generator;
  }

  async visit(load) {
    const startedAtMs = performance.now();
    const before = readProcesses(this.target.pids);
    const { ok } = this.tally;
    await this.generator.run(this.tally, load);
    const seconds = (performance.now() - startedAtMs) / 1000;
    this.seconds += seconds;
    this.cpuSeconds += readProcesses(this.target.pids).cpuSeconds - before.cpuSeconds;
    this.rounds.push({ firstByteP50Ms: this.tally.endRound(), perSecond: (this.tally.ok - ok) / seconds });
  }

  read(memory) {
    const { tally, seconds, cpuSeconds, rounds, generator, target } = this;
    return {
      name: target.name,
      seconds,
      cpuSeconds: target.pids.length > 0 ? cpuSeconds : undefined,
      rounds,
      requestsPerSecond: median(rounds.map(({ perSecond }) => perSecond)),
      peakListeners: generator.peak,
      memory,
      ...tally.read(),
    };
  }
}

const { targets, door, speech, load, warmUp, rounds = 1 } = JSON.parse(await text(process.stdin));
const measured = [];
for (const target of targets) measured.push(await warmed(target));
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const [only] = measured;
const watch = new MemoryWatch(only.target.pids, () => only.generator.active === load.listeners);
const startedAtMs = performance.now();
const before = { busy: machineBusySeconds(), own: process.cpuUsage() };
for (let round = 0; round < rounds; round += 1) for (const one of shuffle(measured)) await one.visit(load);
const seconds = (performance.now() - startedAtMs) / 1000;
const own = process.cpuUsage(before.own);
const memory = watch.stop();
for (const { generator } of measured) generator.close();
console.log(
  JSON.stringify({
    seconds,
    clientCores: (own.user + own.system) / 1e6 / seconds,
    machineCores: (machineBusySeconds() - before.busy) / seconds,
    targets: measured.map((one) => one.read(measured.length === 1 ? memory : undefined)),
  }),
);
process.exit(0);

async function warmed(target) {
  const driver = new DRIVERS[door]({ url: target.url });
  const { format, sampleRateHz, seconds: audioSeconds, everyMs, model } = speech;
  const rateHz = sampleRateHz ?? PCM_HZ;
  const request = { input: TEXT, voice: 'alloy', format, sampleRateHz: sampleRateHz && rateHz };
  const passed = format === 'pcm' && sampleRateHz === undefined;
  const fast = `fake-sec${audioSeconds}`;
  const audio = passed
    ? seededAudio(audioSeconds)
    : sameAudio(await referenceAudio(driver, { ...request, model: fast }));
  const bytesPerMs = BYTES_PER_MS[format] && (format === 'pcm' ? (48 * rateHz) / PCM_HZ : BYTES_PER_MS[format]);
  // The lateness of a chunk is known where its bytes tell its time.
  const chunkBytes = everyMs && bytesPerMs ? everyMs * bytesPerMs : Infinity;
  const warm = new LoadGenerator(driver, passed ? seededAudio(audioSeconds) : audio, { model: fast, request });
  const heard = new Tally();
  await warm.run(heard, warmUp);
  warm.close();
  if (heard.failed > 0) throw new Error(`${target.name} failed while it warmed up: ${JSON.stringify(heard.failures)}`);
  return new Measured(
    target,
    new LoadGenerator(driver, audio, { model, request, chunkBytes, everyMs: chunkBytes < Infinity ? everyMs : 0 }),
  );
}
