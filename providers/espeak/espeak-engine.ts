import type { EspeakEvent } from '@echogarden/espeak-ng-emscripten';
import type { CreateHostEngine, HostOutput } from '../../src/core/host.js';
import { isSpeechError, SpeechError } from '../../src/core/speech-error.js';
import type { EngineEvent, EngineJob } from './engine-job.js';
import { EspeakMachine, type Utterance } from './espeak-machine.js';
import { SAMPLE_RATE_HZ } from './manifest.js';

/** Audio of one synchronous run, 95 s: what a job holds at most, and the distance between looks at `cancelled`. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Longest audio of one utterance, ten minutes; markup can ask for days of pauses. */
const MAX_BYTES = 10 * 60 * SAMPLE_RATE_HZ * 2;
const FRAME_SAMPLES = SAMPLE_RATE_HZ / 10;
const WARM_UP = 'The quick brown fox jumps over the lazy dog, and measures pleasure with a joyful chime.';
const WANTED_EVENTS = { marks: ['mark'], all: ['word', 'sentence', 'phoneme', 'mark', 'end'] } as const;

/** Runs in a host process, the only place where espeak is loaded. */
const createEspeakEngine: CreateHostEngine = async () => {
  const machine = await EspeakMachine.load();
  const warmUp: Utterance = { voice: 'gmw/en-US', text: WARM_UP, rate: 175, pitch: 50, range: 50, volume: 100 };
  for (let i = 0; i < 3; i += 1) machine.speak(warmUp, () => false);
  return {
    open(job, output) {
      const wanted = job as EngineJob;
      if (wanted.kind === 'speak') return { run: speak(machine, wanted, output) };
      output.emit(machine.catalogue(), 1);
      return { run: Promise.resolve() };
    },
  };
};

export default createEspeakEngine;

type SpeakJob = Extract<EngineJob, { kind: 'speak' }>;

// A run cannot be paused, but it can be repeated to the bit: when a window is full it is stopped, and the next one
// starts over and skips what has left. An utterance of a sentence fits into the first window.
async function speak(machine: EspeakMachine, job: SpeakJob, output: HostOutput): Promise<void> {
  let framesSent = 0;
  let bytesSent = 0;
  while (!output.cancelled) {
    const window = runWindow(machine, job, output, framesSent);
    framesSent += window.frames;
    bytesSent += window.bytes;
    if (window.done) return;
    if (bytesSent > MAX_BYTES) throw new SpeechError('too_large', 'The text takes more than ten minutes to speak.');
    await output.drained();
  }
}

interface WindowEnd {
  readonly frames: number;
  readonly bytes: number;
  readonly done: boolean;
}

function runWindow(machine: EspeakMachine, job: SpeakJob, output: HostOutput, skip: number): WindowEnd {
  let index = 0;
  let bytes = 0;
  let heardWord = skip > 0;
  let failure: unknown;
  try {
    machine.speak(job.utterance, (pcm, events) => {
      index += 1;
      if (index <= skip) return false;
      heardWord ||= events.some((event) => event.type === 'word');
      // Less than a frame without a word: left-over samples of a text with nothing to say.
      const silent = !heardWord && pcm.length < FRAME_SAMPLES && bytes === 0;
      const frame = { pcm: silent ? new Uint8Array(0) : bytesOf(pcm), events: pick(events, job.events) };
      bytes += frame.pcm.length;
      if (frame.pcm.length > 0 || frame.events.length > 0) output.emit(frame, frame.pcm.length);
      return bytes >= WINDOW_BYTES;
    });
  } catch (error) {
    failure = error;
  }
  if (failure !== undefined) throw asFatal(failure);
  return { frames: index - skip, bytes, done: bytes < WINDOW_BYTES };
}

function bytesOf(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

function pick(events: readonly EspeakEvent[], wish: SpeakJob['events']): EngineEvent[] {
  const wanted: readonly string[] = WANTED_EVENTS[wish];
  return events
    .filter((event) => wanted.includes(event.type))
    .map((event) => ({
      type: event.type as EngineEvent['type'],
      position: event.text_position - 1,
      length: event.word_length,
      atMs: event.audio_position,
      name: typeof event.id === 'string' ? event.id : '',
    }));
}

// A trap inside WASM leaves the module unusable: the host goes down with it, and the pool starts a fresh one.
function asFatal(error: unknown): unknown {
  if (!isSpeechError(error)) {
    setImmediate(() => {
      throw error;
    });
  }
  return error;
}
