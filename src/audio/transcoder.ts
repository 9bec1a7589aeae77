import { availableParallelism } from 'node:os';
import { abortable, linkedAbort } from '../core/abort.js';
import type { AudioEncoding, AudioFormat } from '../core/audio-format.js';
import type { CallContext, Log } from '../core/call-context.js';
import type { HostFactory, HostPool, HostPoolStats } from '../core/host.js';
import { SpeechError } from '../core/speech-error.js';
import type { SpeechTransform } from '../core/speech-handler.js';
import type { SpeechPart, SpeechStream, StartPart } from '../core/speech-part.js';
import type { CodecEngineInit } from './codec-engine.js';
import { aacUnsupported, nativeInstalled, unsupportedReason, type EngineChoice } from './encoding-support.js';
import { hostedTranscode } from './hosted-transcode.js';
import { incompleteAudio } from './incomplete-audio.js';
import { negotiateFormat } from './negotiate-format.js';
import { passThrough } from './pass-through.js';
import { plainTranscode } from './plain-transcode.js';
import { sourceFormat } from './source-format.js';
import type { TranscodeRun } from './transcode-run.js';
import { assertHeard, type SpokenText } from './verdict.js';

export interface TranscoderOptions {
  readonly hosts: HostFactory;
  /** Default `auto`. */
  readonly engine?: EngineChoice;
  /** Codec host processes; default one for each core. */
  readonly poolSize?: number;
  readonly log?: Log;
}

export interface TranscodeTarget {
  readonly encoding: AudioEncoding;
  /** Absent: see `negotiateFormat`. */
  readonly sampleRateHz?: number;
  /** How long the sound will be, where that is known before it begins: WAV then names its true sizes. */
  readonly lengthMs?: number;
  /** The source is several whole clips in a row: they are decoded and joined even where their encoding would do. */
  readonly joined?: boolean;
  /** What should be heard: compressed sources, which `judge` cannot hear, are judged here once they are decoded. */
  readonly expected?: SpokenText;
}

export interface Transcoder {
  /**
   * Whatever a provider sends (any encoding, rate and channel count) into mono audio of `target`, as it comes; audio
   * that already fits is passed on untouched. One encoder serves the whole speech, so joins cannot be heard.
   * The stream throws `unsupported` for what cannot be made here, `incomplete` for audio that does not decode or is
   * cut, `upstream_failed` when the host that carried it died, `unavailable` when too many wait.
   */
  transcode(target: TranscodeTarget): SpeechTransform;
  supports(encoding: AudioEncoding): boolean;
  /** For the client: why `encoding` cannot be made on this machine; undefined when it can. */
  unsupportedReason(encoding: AudioEncoding): string | undefined;
  /** Starts the hosts; without it they start with the first speech that needs them. */
  ready(): Promise<void>;
  stats(): HostPoolStats;
  close(drainMs?: number): Promise<void>;
}

/** Bounds a host's memory (about 0.3 MB a stream), not its CPU: speeches that wait for their reader hold a place too. */
const JOBS_PER_HOST = 500;
const MAX_QUEUED = 1000;

export function createTranscoder(options: TranscoderOptions): Transcoder {
  const { hosts, engine = 'auto', poolSize = availableParallelism(), log } = options;
  const used = engine === 'permissive' || (engine === 'auto' && !nativeInstalled()) ? 'permissive' : 'native';
  const init: CodecEngineInit = { engine };
  const pool = hosts.pool({
    name: 'codec',
    module: new URL('./codec-engine.js', import.meta.url),
    init,
    hosts: poolSize,
    jobsPerHost: JOBS_PER_HOST,
    maxQueued: MAX_QUEUED,
  });
  log?.info({ engine: used, hosts: poolSize }, 'audio engine chosen');
  const reason = (encoding: AudioEncoding): string | undefined => unsupportedReason(encoding, used);
  return {
    transcode: (target) => (source, call) => transcoded(source, call, target, { pool, reason }),
    supports: (encoding) => reason(encoding) === undefined,
    unsupportedReason: reason,
    ready: () => pool.ready(),
    stats: () => pool.stats(),
    close: (drainMs) => pool.close(drainMs),
  };
}

interface Workshop {
  readonly pool: HostPool;
  readonly reason: (encoding: AudioEncoding) => string | undefined;
}

async function* transcoded(
  source: SpeechStream,
  call: CallContext,
  target: TranscodeTarget,
  workshop: Workshop,
): AsyncGenerator<SpeechPart> {
  const scope = linkedAbort(call.signal);
  const parts = abortable(source, scope.signal);
  try {
    const run = await open(parts, call, target);
    yield* chooseWay(run, target, workshop);
  } finally {
    // By the signal, not by `return()`: a pull of the feeder may be in flight, and `return()` would wait for it.
    scope.abort(new SpeechError('cancelled', 'The reader left.'));
    scope.dispose();
  }
}

async function open(
  parts: AsyncIterableIterator<SpeechPart>,
  call: CallContext,
  target: TranscodeTarget,
): Promise<TranscodeRun> {
  const first = await parts.next();
  if (first.done) throw incompleteAudio('did not begin');
  const start = first.value;
  if (start.type !== 'start') throw new SpeechError('internal', 'A speech began without its start.');
  const { encoding, sampleRateHz, lengthMs, expected } = target;
  return {
    start,
    parts,
    from: sourceFormat(start),
    to: targetFormat(start, encoding, sampleRateHz),
    lengthMs,
    call,
    onHeard: (heard) => {
      if (expected) assertHeard(expected, heard);
    },
  };
}

function targetFormat(start: StartPart, encoding: AudioEncoding, sampleRateHz: number | undefined): AudioFormat {
  return negotiateFormat(encoding, sampleRateHz, start.sampleRateHz).format;
}

function chooseWay(run: TranscodeRun, target: TranscodeTarget, workshop: Workshop): AsyncGenerator<SpeechPart> {
  const { from, to } = run;
  if (fits(from, target)) return passThrough(run);
  if (isPlain(from) && isPlain(to) && from.sampleRateHz === to.sampleRateHz) return plainTranscode(run);
  const reason = workshop.reason(to.encoding);
  if (reason !== undefined) throw new SpeechError('unsupported', reason, { param: 'target_format' });
  if (workshop.reason(from.encoding) !== undefined) throw aacUnsupported('source');
  return hostedTranscode(run, workshop.pool);
}

function isPlain({ encoding }: AudioFormat): boolean {
  return encoding === 'pcm16' || encoding === 'wav';
}

/**
 * WAV never just passes: the header a provider wrote may name the sizes of one segment of many. Other containers do not
 * when they are joined, because their clips bring headers and padding of their own.
 */
function fits(from: AudioFormat, { encoding, sampleRateHz, joined = false }: TranscodeTarget): boolean {
  if (from.encoding !== encoding || encoding === 'wav') return false;
  if (sampleRateHz !== undefined && sampleRateHz !== from.sampleRateHz) return false;
  return !joined || encoding === 'pcm16' || encoding === 'mulaw' || encoding === 'alaw';
}
